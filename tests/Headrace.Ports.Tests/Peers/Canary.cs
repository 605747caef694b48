using Headrace.Ports.Sys;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports.Tests;

/// <summary>Memory that nobody may write, mapped before and after something so that the system puts it beside.</summary>
internal sealed unsafe class Canary : IDisposable
{
    private const byte Mark = 0xa5;

    private readonly SharedMemory _memory;
    private readonly SafeFileHandle _descriptor;

    public Canary()
    {
        _memory = SharedMemory.Create("canary", 1 << 16, out _descriptor);
        new Span<byte>(_memory.Address, (int)_memory.Length).Fill(Mark);
    }

    public bool IsWhole => new ReadOnlySpan<byte>(_memory.Address, (int)_memory.Length).IndexOfAnyExcept(Mark) < 0;

    public void Dispose()
    {
        _memory.Dispose();
        _descriptor.Dispose();
    }
}
