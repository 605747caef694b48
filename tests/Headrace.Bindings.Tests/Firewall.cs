namespace Headrace.Bindings.Tests;

/// <summary>programs/firewall.bpf.c</summary>
[BpfObject("firewall.bpf.o")]
internal partial class Firewall;
