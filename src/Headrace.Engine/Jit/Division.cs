using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>How a division or remainder is to be computed.</summary>
/// <param name="IsSigned">Of signed numbers.</param>
/// <param name="IsPlain">One operation does: the divisor is neither 0 nor -1 where that would matter.</param>
/// <param name="IsWide">On 64 bits; else on 32.</param>
/// <param name="IsShort">Both numbers are proved to have 32 bits at most.</param>
internal readonly record struct Division(bool IsSigned, bool IsPlain, bool IsWide, bool IsShort)
{
    /// <summary>Decides by what is known of the operands.</summary>
    public static Division Of(Instruction instruction, AbstractState state)
    {
        bool isSigned = instruction.Offset != 0;
        bool register = instruction.Opcode.UsesRegister;
        bool isShort = register && IsShortNumber(state[(int)instruction.Dst]) && IsShortNumber(state[(int)instruction.Src]);
        bool neverByZero = !isSigned && isShort && state[(int)instruction.Src].Low > 0;
        bool isPlain = neverByZero || (!register && instruction.Imm32 is not 0 and not -1);
        bool isWide = !instruction.Opcode.Is32 && !(isShort && !isSigned);
        return new Division(isSigned, isPlain, isWide, isShort);
    }

    private static bool IsShortNumber(AbstractValue value) => value is { Kind: ValueKind.Number, High: <= uint.MaxValue };
}
