using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Checks how deep calls nest and how much stack they take together, as the kernel counts it (<c>check_max_stack_depth</c>, Linux 6.18).</summary>
/// <remarks>
/// A function's own depth is what its text shows: accesses through R10 and addresses made from it by adding a constant. A depth that
/// only the run can tell is not counted here; each frame has 512 bytes of its own, so that nothing can go wrong with it.
/// </remarks>
internal sealed class CallChain
{
    // The kernel rounds a frame up to this when it compiles programs.
    private const int Granularity = 16;

    // Stack that may be in use where a function with a tail call is called (kernel/bpf/verifier.c).
    private const int MaxStackWithTailCall = 256;

    private readonly Instruction[] _program;
    private readonly int[] _starts;
    private readonly int[] _depths;
    private readonly List<(int Slot, int Function)>[] _calls;
    private readonly bool[] _makesTailCall;
    private readonly Func<int, string, ProgramLoadException> _refuse;

    private CallChain(Instruction[] program, int[] starts, Func<int, string, ProgramLoadException> refuse)
    {
        _program = program;
        _starts = starts;
        _refuse = refuse;
        _depths = new int[starts.Length];
        _calls = new List<(int, int)>[starts.Length];
        _makesTailCall = new bool[starts.Length];
        for (int i = 0; i < starts.Length; i++)
            Scan(i, i + 1 < starts.Length ? starts[i + 1] : program.Length);
    }

    /// <summary>Refuses a program whose calls nest too deep or take too much stack.</summary>
    /// <param name="program">The instructions by slot.</param>
    /// <param name="starts">Where functions start, ascending.</param>
    /// <param name="refuse">Makes the exception for a slot and a reason.</param>
    public static void Check(Instruction[] program, int[] starts, Func<int, string, ProgramLoadException> refuse)
    {
        var chain = new CallChain(program, starts, refuse);
        chain.Walk(0, 0, 1);
        // Asynchronous callbacks start on a stack of their own.
        for (int i = 1; i < starts.Length; i++)
            chain.Walk(i, 0, 1);
    }

    // Depth of nesting is at most MaxCallDepth, so that the walk ends even where functions call themselves. Each function is walked
    // again only when it is reached with more stack or more frames than before.
    private readonly Dictionary<(int Function, int Frames), int> _walked = [];

    private void Walk(int function, int stackBelow, int frames)
    {
        if (_walked.TryGetValue((function, frames), out int before) && before >= stackBelow)
            return;
        _walked[(function, frames)] = stackBelow;
        int stack = stackBelow + (_depths[function] + Granularity - 1) / Granularity * Granularity;
        if (stack > Machine.MaxStack)
            throw _refuse(_starts[function], $"the stacks of {frames} nested calls take {stack} bytes together, {Machine.MaxStack} are allowed");
        foreach ((int slot, int callee) in _calls[function])
        {
            if (frames + 1 > Machine.MaxCallDepth)
                throw _refuse(slot, $"calls nest deeper than {Machine.MaxCallDepth} frames (recursion is not possible)");
            if (_makesTailCall[callee] && stack >= MaxStackWithTailCall)
                throw _refuse(slot, $"calls a function that makes tail calls with {stack} bytes of stack in use: less than {MaxStackWithTailCall} are allowed");
            Walk(callee, stack, frames + 1);
        }
    }

    private void Scan(int function, int end)
    {
        var calls = new List<(int, int)>();
        Span<long?> fromFramePointer = stackalloc long?[11];
        for (int slot = _starts[function]; slot < end; slot += _program[slot].Slots)
        {
            Instruction instruction = _program[slot];
            if (instruction.Opcode.IsJump || instruction.Opcode.IsWideLoad)
            {
                if (IsCallee(instruction, slot, end) && InstructionTargets.Of(instruction, slot) is long target)
                    calls.Add((slot, Array.BinarySearch(_starts, (int)target)));
                else if (instruction.IsCall && instruction.CallKind == CallKind.Helper && instruction.Imm32 == (int)HelperId.TailCall)
                    _makesTailCall[function] = true;
            }
            Follow(instruction, fromFramePointer, ref _depths[function]);
        }
        _calls[function] = calls;
    }

    /// <summary>True for a local call and for a function whose address goes to a helper that calls it back at once.</summary>
    private bool IsCallee(Instruction instruction, int slot, int end)
    {
        if (!instruction.Opcode.IsWideLoad)
            return instruction.IsCall;
        if (instruction.WideLoadKind != WideLoadKind.Function)
            return false;
        for (int next = slot + 2; next < end; next += _program[next].Slots)
        {
            if (_program[next].IsCall)
                return _program[next] is not { CallKind: CallKind.Helper, Imm32: (int)HelperId.TimerSetCallback };
        }
        return true;
    }

    /// <summary>Keeps the distance of registers from R10 over one instruction and notes how deep it reaches.</summary>
    private static void Follow(Instruction instruction, Span<long?> distance, ref int depth)
    {
        Opcode opcode = instruction.Opcode;
        int dst = (int)instruction.Dst;
        if (opcode.IsAlu)
        {
            distance[dst] = (opcode.AluOp, opcode.Is32, opcode.UsesRegister) switch
            {
                (AluOp.Mov, false, true) when instruction.Src == Register.R10 && instruction.Offset == 0 => 0,
                (AluOp.Mov, false, true) when instruction.Offset == 0 => distance[(int)instruction.Src],
                (AluOp.Add, false, false) => distance[dst] + instruction.Immediate,
                (AluOp.Sub, false, false) => distance[dst] - instruction.Immediate,
                _ => null,
            };
            return;
        }
        if (opcode.IsJump || opcode.IsWideLoad)
        {
            // What a register holds behind a jump or a call depends on the way there; the accesses that matter follow their address closely.
            if (opcode.IsWideLoad)
                distance[dst] = null;
            else if (!instruction.IsCall)
                distance.Clear();
            else
                NoteArguments(distance, ref depth);
            return;
        }
        bool isStore = opcode.Class is OpcodeClass.St or OpcodeClass.Stx;
        var register = isStore ? instruction.Dst : instruction.Src;
        if (opcode.Class != OpcodeClass.Ld)
            Note((register == Register.R10 ? 0 : distance[(int)register]) + instruction.Offset, ref depth);
        if (!isStore && opcode.Class == OpcodeClass.Ldx)
            distance[dst] = null;
    }

    /// <summary>A call reaches as deep as the addresses it is given, and destroys R0 to R5.</summary>
    private static void NoteArguments(Span<long?> distance, ref int depth)
    {
        for (int register = 1; register <= 5; register++)
            Note(distance[register], ref depth);
        distance[..6].Clear();
    }

    private static void Note(long? distance, ref int depth)
    {
        if (distance is < 0 and >= -Machine.MaxStack)
            depth = Math.Max(depth, (int)-distance.Value);
    }
}
