using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>A place programs are to run at that takes less than the kernel does: a device's own rules.</summary>
/// <remarks>
/// A target is asked while paths are walked, so that its refusals stand in the log behind the path that leads there. It answers null, or why not
/// in words that tell what to do instead (<c>map updates are not supported: use bpf_map_lookup_elem and change the value in place</c>).
/// It must answer the same for the same question. What it never asks, it is not asked about again: paths that differ in it are not told apart.
/// </remarks>
public abstract class VerifierTarget
{
    /// <summary>Its name, as <c>--target</c> and the log have it.</summary>
    public abstract string Name { get; }

    /// <summary>Looks at the program as a whole, before paths are walked.</summary>
    /// <returns>Null, or why it is refused.</returns>
    public virtual string? CheckProgram(ProgramSpec program) => null;

    /// <summary>Looks at a map that the program refers to, where it first does.</summary>
    /// <returns>Null, or why it is refused.</returns>
    public virtual string? CheckMap(MapSpec map) => null;

    /// <summary>Looks at an instruction, calls included, each time a path comes to it.</summary>
    /// <param name="state">The instruction and what is known before it; not to be kept.</param>
    /// <returns>Null, or why it is refused.</returns>
    public virtual string? CheckInstruction(TargetState state) => null;

    /// <summary>Looks at a call of a helper, of a kernel function or of a function of the program, each time a path comes to it.</summary>
    /// <param name="state">The call and what is known before it; R1 to R5 are its arguments. Not to be kept.</param>
    /// <param name="call">Where it goes.</param>
    /// <returns>Null, or why it is refused.</returns>
    public virtual string? CheckCall(TargetState state, CallTarget call) => null;
}
