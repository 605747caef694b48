namespace Headrace.Verifier;

/// <summary>Values a program or callback may return, as signed 32-bit numbers.</summary>
/// <param name="Min">Least.</param>
/// <param name="Max">Greatest.</param>
internal readonly record struct ReturnRange(int Min, int Max);
