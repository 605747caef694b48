using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>What the arguments of one call told.</summary>
internal struct CallFacts
{
    /// <summary>The map that was passed, or that holds the timer passed.</summary>
    public MapSpec? Map;

    /// <summary>Tells apart values of different inner maps; 0 for an outer map.</summary>
    public int MapUid;

    /// <summary>The reference an argument holds; 0 for none.</summary>
    public int ReferenceId;

    /// <summary>The argument whose reference the helper takes away, from 0; -1 for none.</summary>
    public int ReleasedArgument;

    /// <summary>Bytes to allocate, or of a slice.</summary>
    public int AllocationSize;

    /// <summary>The greatest size of the last pair of memory and size.</summary>
    public ulong GreatestSize;

    /// <summary>The subprogram passed.</summary>
    public int Subprogram;

    /// <summary>What the dynptr passed leads to.</summary>
    public DynptrKind Dynptr;

    /// <summary>The id of the dynptr passed.</summary>
    public int DynptrId;

    /// <summary>The frame of the iterator passed.</summary>
    public int IteratorFrame;

    /// <summary>The stack slot of the iterator passed.</summary>
    public int IteratorSlot;

    /// <summary>The key, when it is a constant; -1 otherwise.</summary>
    public long ConstantKey;
}
