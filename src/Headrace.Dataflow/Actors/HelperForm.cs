namespace Headrace.Dataflow;

/// <summary>The special forms of helper calls.</summary>
public enum HelperForm : byte
{
    /// <summary>Array element: base + index * stride, after comparing the index.</summary>
    ArrayElement,
    /// <summary>Array element of this processor.</summary>
    PerCpuArrayElement,
    /// <summary>Hash table with keys of a known size.</summary>
    HashLookup,
    /// <summary>Longest-prefix match.</summary>
    PrefixLookup,
    /// <summary>Update of an element of a known map.</summary>
    MapUpdate,
    /// <summary>Deletion of an element of a known map.</summary>
    MapDelete,
    /// <summary>Calls of a known function, one after the other.</summary>
    LoopOfFunction,
    /// <summary>Tail call of a constant index of a known map.</summary>
    TailCallOfIndex,
    /// <summary>Move of the packet's head, its tail or its metadata's head by a constant.</summary>
    MoveOfEnd,
    /// <summary>A number the machine holds.</summary>
    MachineNumber,
}
