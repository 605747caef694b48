using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>A global variable of a loaded collection, read and written while programs run.</summary>
public sealed class KernelVariable
{
    private readonly SectionMemory _section;

    internal KernelVariable(VariableSpec spec, SectionMemory section)
    {
        Spec = spec;
        _section = section;
    }

    /// <summary>What the object says of it.</summary>
    public VariableSpec Spec { get; }

    /// <summary>True when neither programs nor user space can change it.</summary>
    public bool IsConstant => Spec.IsConstant;

    /// <summary>Reads it as a number or struct of the same size. Values of up to 8 bytes are read at once, larger ones byte by byte while programs may write.</summary>
    /// <exception cref="HeadraceException">The size differs.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public T Get<T>() where T : unmanaged
    {
        Require<T>();
        Unsafe.SkipInit(out T value);
        _section.Read(Spec.Offset, MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>Writes it, other variables of its section left alone.</summary>
    /// <exception cref="HeadraceException">The size differs, or it is a constant.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void Set<T>(T value) where T : unmanaged
    {
        Require<T>();
        if (IsConstant)
            throw new HeadraceException($"variable '{Spec.Name}' is a constant once the collection is loaded: set it in the spec, before");
        _section.Write(Spec.Offset, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
    }

    private void Require<T>() where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() != Spec.Size)
            throw new HeadraceException($"variable '{Spec.Name}' has {Spec.Size} bytes, {typeof(T).Name} has {Unsafe.SizeOf<T>()}: use a type of its size");
    }
}
