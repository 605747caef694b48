using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>Whether what the analysis knows of a helper's arguments is all that the helper would check.</summary>
internal static class ArgumentProof
{
    // Larger pieces of memory are counted as work by the helper's own check.
    private const ulong LargestSize = 512;

    /// <summary>True when every argument of a helper is proved to be what its prototype asks for.</summary>
    public static bool Holds(ProgramFacts facts, AbstractState state, HelperId helper)
    {
        if (HelperPrototypes.Find(helper) is not { } prototype)
            return false;
        for (int i = 0; i < prototype.Arguments.Length; i++)
        {
            if (!Holds(facts, state, prototype.Arguments, i))
                return false;
        }
        return true;
    }

    private static bool Holds(ProgramFacts facts, AbstractState state, Argument[] arguments, int index)
    {
        int register = index + 1;
        AbstractValue value = state[register];
        Argument argument = arguments[index];
        switch (argument.Kind)
        {
            case ArgumentKind.None or ArgumentKind.Number or ArgumentKind.Size or ArgumentKind.SizeOrZero:
                return true;
            case ArgumentKind.Context:
                return value is { Kind: ValueKind.Context, Offset: 0 };
            case ArgumentKind.Map:
                return value.Kind == ValueKind.Map && MapTypes.Holds(argument.Maps, facts.Maps[value.Map].Type);
            case ArgumentKind.MapKey or ArgumentKind.MapValue or ArgumentKind.MapValueOut:
                if (FindMap(facts, state, arguments) is not { } map)
                    return false;
                return Covers(facts, state, register, argument.Kind == ArgumentKind.MapKey ? map.KeySize : map.ValueSize, argument.Kind == ArgumentKind.MapValueOut);
            case ArgumentKind.Memory or ArgumentKind.MemoryOrNull or ArgumentKind.MemoryOut or ArgumentKind.MemoryOutOrNull:
                ulong size = argument.Size != 0 ? (ulong)argument.Size : SizeAfter(state, arguments, index);
                bool write = argument.Kind is ArgumentKind.MemoryOut or ArgumentKind.MemoryOutOrNull;
                return size <= LargestSize && (size == 0 || Covers(facts, state, register, (int)size, write));
            default:
                return false;
        }
    }

    private static ulong SizeAfter(AbstractState state, Argument[] arguments, int index) =>
        index + 1 < arguments.Length && arguments[index + 1].Kind is ArgumentKind.Size or ArgumentKind.SizeOrZero && state[index + 2].Kind == ValueKind.Number
            ? state[index + 2].High
            : ulong.MaxValue;

    private static Map? FindMap(ProgramFacts facts, AbstractState state, Argument[] arguments)
    {
        int index = Array.FindIndex(arguments, argument => argument.Kind == ArgumentKind.Map);
        return index >= 0 && state[index + 1].Kind == ValueKind.Map ? facts.Maps[state[index + 1].Map] : null;
    }

    private static bool Covers(ProgramFacts facts, AbstractState state, int register, int size, bool write) =>
        facts.Prove(state, register, 0, size, write) is AccessProof.Stack or AccessProof.Packet or AccessProof.MapValue;
}
