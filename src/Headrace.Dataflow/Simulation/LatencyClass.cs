namespace Headrace.Dataflow;

/// <summary>Kinds of time that actors take.</summary>
public enum LatencyClass : byte
{
    /// <summary>None: literals.</summary>
    None,
    /// <summary>A level of logic.</summary>
    Logic,
    /// <summary>Packet, stack, context.</summary>
    LocalMemory,
    /// <summary>A multiplication.</summary>
    Multiply,
    /// <summary>A division.</summary>
    Divide,
    /// <summary>Values of maps.</summary>
    TableMemory,
    /// <summary>An element of an array.</summary>
    ArrayLookup,
    /// <summary>An element of a hash table.</summary>
    HashLookup,
    /// <summary>The longest prefix.</summary>
    TreeLookup,
    /// <summary>Any other helper.</summary>
    Helper,
}
