using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Checks calls of helpers and of kernel functions against their prototypes and gives R0 its meaning.</summary>
/// <remarks>Reads the arguments in the current frame of <see cref="Verifier.State"/>; refuses by throwing <see cref="Verifier.Reject"/>.</remarks>
internal sealed partial class CallChecker(Verifier verifier)
{
    /// <summary>Checks a helper call at the verifier's current instruction.</summary>
    public void CheckHelperCall(Instruction instruction, int slot) =>
        throw verifier.Reject($"program of this type cannot use helper bpf_{HelperNames.Of((HelperId)instruction.Imm32)}#{instruction.Imm32}");

    /// <summary>Checks a kernel function call at the verifier's current instruction.</summary>
    public void CheckKfuncCall(Instruction instruction, int slot) =>
        throw verifier.Reject($"calling kernel function {verifier.Program.Kfuncs.GetValueOrDefault(slot, "?")} is not allowed", VerifierErrno.Access);
}
