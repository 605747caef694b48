namespace Headrace.Bytecode;

/// <summary>A name that something else defines.</summary>
/// <param name="Name">The symbol.</param>
/// <param name="ConfigSize">For a value of the kernel's configuration (<c>LINUX_KERNEL_VERSION</c>, <c>CONFIG_*</c>) its size in bytes; 0 for a kernel function or variable.</param>
public sealed record AssemblyExtern(string Name, int ConfigSize = 0);
