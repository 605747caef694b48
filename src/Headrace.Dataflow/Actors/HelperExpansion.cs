namespace Headrace.Dataflow;

/// <summary>How a helper call can be carried out without the general helper.</summary>
/// <param name="Form">What replaces it.</param>
/// <param name="KeySize">Bytes of the key, 0 where there is none.</param>
/// <param name="ValueSize">Bytes of the value, 0 where there is none.</param>
public sealed record HelperExpansion(HelperForm Form, int KeySize = 0, int ValueSize = 0);
