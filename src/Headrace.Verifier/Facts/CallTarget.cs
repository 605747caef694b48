using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>What a call goes to.</summary>
/// <param name="Kind">Helper, kernel function or function of the program.</param>
/// <param name="Helper">The helper; <see cref="HelperId.None"/> for the others.</param>
/// <param name="Kfunc">The kernel function's name; null for the others.</param>
/// <param name="Subprogram">
/// The function that is called, or that the helper calls back: an index in <see cref="VerifiedProgram.FunctionStarts"/>; -1 for none or one of several.
/// </param>
/// <param name="Map">The map passed, or the template of one found in another map; null for none or when paths differ.</param>
/// <param name="MapIndex">Index of <paramref name="Map"/> in the collection; -1 for none.</param>
public readonly record struct CallTarget(CallKind Kind, HelperId Helper, string? Kfunc, int Subprogram, MapSpec? Map, int MapIndex);
