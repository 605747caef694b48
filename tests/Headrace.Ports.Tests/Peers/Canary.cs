using Headrace.Ports.Sys;

namespace Headrace.Ports.Tests;

/// <summary>Memory that nobody may write, mapped before and after something so that the system puts it beside.</summary>
internal sealed unsafe class Canary : IDisposable
{
    private const byte Mark = 0xa5;
    private const int Size = 1 << 14;

    private readonly byte* _memory = (byte*)Libc.Map(null, Size, protection: 3, flags: 0x22, descriptor: -1, offset: 0); // read and write; private, anonymous

    public Canary() => new Span<byte>(_memory, Size).Fill(Mark);

    public bool IsWhole => new ReadOnlySpan<byte>(_memory, Size).IndexOfAnyExcept(Mark) < 0;

    public void Dispose() => _ = Posix.Unmap(_memory, Size);
}
