using Headrace.Bindings;

namespace Headrace.Examples;

/// <summary>The firewall of programs/firewall.bpf.c. Everything else in this class is generated from its object.</summary>
[BpfObject("firewall.bpf.o")]
public partial class Firewall;
