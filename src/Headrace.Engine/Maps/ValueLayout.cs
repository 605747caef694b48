using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>How a map's values are copied: special fields (spin locks, timers) stay with the element and read as zero from outside.</summary>
internal readonly unsafe struct ValueLayout
{
    private readonly MapFieldSpec[]? _special;

    public ValueLayout(MapSpec spec)
    {
        Size = (int)spec.ValueSize;
        SpinLockOffset = -1;
        if (spec.SpecialFields.Count == 0)
            return;
        _special = [.. spec.SpecialFields.OrderBy(field => field.Offset)];
        foreach (MapFieldSpec field in _special)
        {
            if (field.Kind == MapFieldKind.SpinLock)
                SpinLockOffset = field.Offset;
        }
    }

    /// <summary>Bytes of a value.</summary>
    public int Size { get; }

    /// <summary>Where the value's spin lock is, -1 without one.</summary>
    public int SpinLockOffset { get; }

    /// <summary>True when the value has fields that copies leave alone.</summary>
    public bool HasSpecialFields => _special is not null;

    /// <summary>Writes everything but the special fields of a live value.</summary>
    public void Write(byte* destination, byte* source)
    {
        if (_special is null)
            NativeBytes.Copy(destination, source, Size);
        else
            CopyAround(destination, source);
    }

    /// <summary>Fills a new element's value: special fields start as zero.</summary>
    public void WriteNew(byte* destination, byte* source)
    {
        Write(destination, source);
        ClearSpecial(destination);
    }

    /// <summary>Copies a value out: special fields read as zero.</summary>
    public void Read(byte* destination, byte* source)
    {
        Write(destination, source);
        ClearSpecial(destination);
    }

    /// <summary>Writes under the value's own spin lock (<c>BPF_F_LOCK</c>).</summary>
    public void WriteLocked(byte* destination, byte* source)
    {
        SpinWord.Enter((int*)(destination + SpinLockOffset));
        Write(destination, source);
        SpinWord.Exit((int*)(destination + SpinLockOffset));
    }

    /// <summary>Copies a value out under its own spin lock (<c>BPF_F_LOCK</c>).</summary>
    public void ReadLocked(byte* destination, byte* source)
    {
        SpinWord.Enter((int*)(source + SpinLockOffset));
        Write(destination, source);
        SpinWord.Exit((int*)(source + SpinLockOffset));
        ClearSpecial(destination);
    }

    private void CopyAround(byte* destination, byte* source)
    {
        int from = 0;
        foreach (MapFieldSpec field in _special!)
        {
            NativeBytes.Copy(destination + from, source + from, field.Offset - from);
            from = field.Offset + field.Size;
        }
        NativeBytes.Copy(destination + from, source + from, Size - from);
    }

    private void ClearSpecial(byte* value)
    {
        if (_special is null)
            return;
        foreach (MapFieldSpec field in _special)
            NativeBytes.Clear(value + field.Offset, field.Size);
    }
}
