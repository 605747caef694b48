namespace Headrace.Engine;

/// <summary>How a bucket leads to its elements, as a struct so that look-ups are compiled for each.</summary>
internal unsafe interface ISlots
{
    /// <summary>True when the elements are in the bucket.</summary>
    static abstract bool IsNear { get; }

    /// <summary>The element of an occupied slot. For a slot that changes meanwhile: some element's address.</summary>
    static abstract byte* ElementAt(byte* elements, uint stride, HashBucket* bucket, int slot);
}
