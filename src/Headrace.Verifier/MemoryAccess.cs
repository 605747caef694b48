namespace Headrace.Verifier;

/// <summary>What is done to memory.</summary>
[Flags]
internal enum MemoryAccess : byte
{
    /// <summary>Read.</summary>
    Read = 1,
    /// <summary>Written.</summary>
    Write = 2,
}
