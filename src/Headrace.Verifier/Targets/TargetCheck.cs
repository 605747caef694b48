using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Asks a target, and refuses in its name.</summary>
internal sealed class TargetCheck(Verifier verifier, VerifierTarget target)
{
    private readonly TargetState _state = new(verifier);
    private readonly HashSet<int> _maps = [];

    /// <summary>Asks about the program as a whole.</summary>
    public void CheckProgram() => Refuse(target.CheckProgram(verifier.Program));

    /// <summary>Asks about the current instruction.</summary>
    public void CheckInstruction(Instruction instruction)
    {
        if (instruction.Opcode.IsWideLoad && instruction.WideLoadKind is WideLoadKind.MapIndex or WideLoadKind.MapValueIndex
            && instruction.Imm32 < verifier.Maps.Count && instruction.Imm32 >= 0 && _maps.Add(instruction.Imm32))
        {
            Refuse(target.CheckMap(verifier.Maps[instruction.Imm32]));
        }
        Refuse(target.CheckInstruction(_state));
        if (_state.Call is { } call)
            Refuse(target.CheckCall(_state, call));
    }

    private void Refuse(string? reason)
    {
        if (reason is not null)
            throw verifier.Reject($"{target.Name}: {reason}", VerifierErrno.Unsupported);
    }
}
