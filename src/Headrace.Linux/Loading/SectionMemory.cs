using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>The bytes of a data section in the kernel: mapped into this process where the map allows it, else through its one element.</summary>
internal sealed unsafe class SectionMemory : IDisposable
{
    private readonly KernelMap _map;
    private readonly Mapping? _mapping;

    public SectionMemory(KernelMap map)
    {
        _map = map;
        if (!map.Spec.Flags.HasFlag(MapFlags.Mmapable))
            return;
        nuint page = (nuint)Environment.SystemPageSize;
        nuint length = ((nuint)map.ValueSize + page - 1) / page * page;
        _mapping = Mapping.Of(map.Descriptor, length, 0, writable: !map.Spec.Freeze, $"map '{map.Name}'");
    }

    public void Read(int offset, Span<byte> bytes)
    {
        if (_mapping is not null)
        {
            ObjectDisposedException.ThrowIf(_mapping.IsClosed, this);
            new ReadOnlySpan<byte>(_mapping.Address + offset, bytes.Length).CopyTo(bytes);
            return;
        }
        Value().AsSpan(offset, bytes.Length).CopyTo(bytes);
    }

    public void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        if (_mapping is not null)
        {
            ObjectDisposedException.ThrowIf(_mapping.IsClosed, this);
            bytes.CopyTo(new Span<byte>(_mapping.Address + offset, bytes.Length));
            return;
        }
        byte[] value = Value();
        bytes.CopyTo(value.AsSpan(offset));
        _map.Update(new byte[sizeof(uint)], value);
    }

    public void Dispose() => _mapping?.Dispose();

    private byte[] Value()
    {
        byte[] value = new byte[_map.ValueSize];
        _map.Lookup(new byte[sizeof(uint)], value);
        return value;
    }
}
