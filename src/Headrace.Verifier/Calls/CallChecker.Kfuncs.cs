using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class CallChecker
{
    /// <summary>Checks a kernel function call at the verifier's current instruction.</summary>
    public void CheckKfuncCall(Instruction instruction, int slot) =>
        throw verifier.Reject($"calling kernel function {verifier.Program.Kfuncs.GetValueOrDefault(slot, "<unknown>")} is not allowed", VerifierErrno.Access);
}
