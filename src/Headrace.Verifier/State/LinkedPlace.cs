namespace Headrace.Verifier;

/// <summary>A register or stack slot that holds a linked scalar.</summary>
/// <param name="Frame">Its frame.</param>
/// <param name="Index">The register's number or the stack slot's index.</param>
/// <param name="IsStack">True for a stack slot.</param>
internal readonly record struct LinkedPlace(byte Frame, byte Index, bool IsStack);
