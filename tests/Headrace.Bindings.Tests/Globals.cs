namespace Headrace.Bindings.Tests;

/// <summary>programs/globals.bpf.c</summary>
[BpfObject("globals.bpf.o")]
internal partial class Globals;
