using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary><c>struct bpf_link_info</c> (include/uapi/linux/bpf.h): a head, and a part that depends on the type, as bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RawLinkInfo
{
    public uint Type;
    public uint Id;
    public uint ProgramId;
    private readonly uint _padding;
    public Part Rest;

    /// <summary>The part that depends on the type: the kernel's longest has 48 bytes.</summary>
    [InlineArray(Length)]
    internal struct Part
    {
        private const int Length = 10;
        private ulong _first;

        public readonly uint U32(int offset) => (uint)(this[offset / 8] >> (offset % 8 * 8));

        public readonly ulong U64(int offset) => this[offset / 8];

        public void Set(int offset, ulong value) => this[offset / 8] = value;

        public void SetLow(int offset, uint value) => this[offset / 8] = (this[offset / 8] & ~0xffff_fffful) | value;
    }
}
