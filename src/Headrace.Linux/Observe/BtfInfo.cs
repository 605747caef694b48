namespace Headrace.Linux;

/// <summary>What the kernel tells of a set of types it holds (<c>struct bpf_btf_info</c>).</summary>
/// <param name="Id">Its number, unique as long as it lives.</param>
/// <param name="Name"><c>vmlinux</c>, a module's name, or empty for types that came with programs and maps.</param>
/// <param name="Size">Bytes of the blob.</param>
/// <param name="IsKernel">True for the kernel's own and its modules'.</param>
public sealed record BtfInfo(uint Id, string Name, uint Size, bool IsKernel);
