using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using Headrace.Linux.Tests.Verifier;
using Headrace.Objects;
using static Headrace.Bytecode.Register;

namespace Headrace.Linux.Tests.Verification.Typed;

/// <summary>Draws programs that know roughly what their registers hold, and now and then do not care: helpers, references, packets, maps, spills, loops, functions.</summary>
/// <remarks>Half of them are refused: what is drawn carelessly is often at the border of a rule.</remarks>
internal sealed partial class TypedProgram
{
    private const int Carelessness = 250; // one choice in so many is any register or any offset
    private const int StackBytes = 64;

    private static readonly AccessSize[] s_sizes = [AccessSize.Byte, AccessSize.Half, AccessSize.Word, AccessSize.Double];
    private static readonly JumpOp[] s_conditions = [JumpOp.Jeq, JumpOp.Jgt, JumpOp.Jge, JumpOp.Jset, JumpOp.Jne, JumpOp.Jsgt, JumpOp.Jsge, JumpOp.Jlt, JumpOp.Jle, JumpOp.Jslt, JumpOp.Jsle];
    private static readonly AluOp[] s_operations = [AluOp.Add, AluOp.Sub, AluOp.Mul, AluOp.Div, AluOp.Or, AluOp.And, AluOp.Lsh, AluOp.Rsh, AluOp.Mod, AluOp.Xor, AluOp.Arsh];
    private static readonly int[] s_numbers = [0, 1, -1, 2, 4, 7, 8, 14, 15, 16, 31, 32, 48, 63, 64, 127, 255, 256, 4096, 0xffff, int.MaxValue, int.MinValue];

    private readonly SeededRandom _random;
    private readonly Func<string, int?> _map;
    private readonly List<Instruction> _code = [];
    private readonly List<(int Call, int Function)> _calls = [];
    private readonly Holding[] _holds = new Holding[11];
    private readonly Holding[] _spilled = new Holding[StackBytes / 8];
    private readonly ProgramType _type;
    private int _functions;
    private bool _inFunction, _inLoop;

    private TypedProgram(ulong seed, ProgramType type, Func<string, int?> map)
    {
        _random = new SeededRandom(seed);
        _type = type;
        _map = map;
    }

    /// <summary>The program of a seed, over the maps of <see cref="TrialMaps"/>.</summary>
    public static ProgramSpec Generate(ulong seed, TrialMaps maps)
    {
        ProgramType type = (seed % 5) switch { 0 => ProgramType.SchedCls, 1 => ProgramType.SocketFilter, _ => ProgramType.Xdp };
        return new ProgramSpec { Name = "typed", Type = type, License = "GPL", Instructions = new TypedProgram(seed, type, maps.IndexOf).Draw() };
    }

    private Instruction[] Draw()
    {
        _holds[1] = Holding.Context;
        _holds[10] = Holding.Stack;
        Add(Code.Mov(R6, R1));
        _holds[6] = Holding.Context;
        int statements = _random.Between(3, 12);
        for (int i = 0; i < statements; i++)
            Statement(depth: 2);
        Leave();
        for (int function = 0; function < _functions; function++)
            DrawFunction(function);
        return [.. _code];
    }

    private void DrawFunction(int function)
    {
        int start = _code.Count;
        foreach ((int call, int target) in _calls.Where(call => call.Function == function))
            _code[call] = Code.CallLocal(start - call - 1);
        Array.Clear(_holds);
        Array.Clear(_spilled);
        _holds[10] = Holding.Stack;
        // What callers pass differs: the function treats it as its first caller did, or as a number.
        _holds[1] = _random.OneIn(2) ? Holding.Small : Holding.Number;
        _holds[2] = _random.OneIn(3) ? Holding.Stack : Holding.Number;
        _inFunction = true;
        int statements = _random.Between(1, 4);
        for (int i = 0; i < statements; i++)
            Statement(depth: 1);
        Leave();
    }

    private void Leave()
    {
        // References are given back, mostly.
        for (Register register = R0; register <= R9; register++)
        {
            if (Holds(register) is Holding.Record or Holding.RecordOrNull or Holding.Socket or Holding.SocketOrNull && !_random.OneIn(8))
                Release(register);
        }
        if (_holds[0] != Holding.Number || !_random.OneIn(3))
            Add(Code.Mov(R0, _random.Below(3)));
        Add(Code.Exit);
    }

    // What a statement needs is there, or it is not drawn; now and then it is drawn all the same.
    private bool Lacks(params ReadOnlySpan<Holding> wanted) => !Has(wanted) && !_random.OneIn(80);

    private void Statement(int depth)
    {
        switch (_random.Below(depth > 0 ? 30 : 24))
        {
            case < 4: Arithmetic(); break;
            case 4: LoadContext(); break;
            case 5 or 6: CheckPacket(); break;
            case 7 or 8: AccessPacket(); break;
            case 9 or 10: AccessStack(); break;
            case 11 or 12: LookUp(); break;
            case 13 or 14: AccessValue(); break;
            case 15: Bound(); break;
            case 16: MovePointer(); break;
            case 17: ReserveRecord(); break;
            case 18: CallPlainHelper(); break;
            case 19: CallMemoryHelper(); break;
            case 20: CheckNull(); break;
            case 21: Atomic(); break;
            case 22: ChangePacket(); break;
            case 23: FindSocket(); break;
            case 24 or 25 or 26: Branch(depth); break;
            case 27: Loop(depth); break;
            default: CallFunction(); break;
        }
    }

    private void Add(params ReadOnlySpan<Instruction> code) => _code.AddRange(code);

    private Holding Holds(Register register) => _holds[(int)register];

    private void Set(Register register, Holding holding) => _holds[(int)register] = holding;

    /// <summary>A register that holds one of some things; any, carelessly or when there is none.</summary>
    private Register Find(params ReadOnlySpan<Holding> wanted)
    {
        if (!_random.OneIn(Carelessness))
        {
            int start = _random.Below(11);
            for (int i = 0; i < 11; i++)
            {
                var register = (Register)((start + i) % 11);
                if (wanted.Contains(Holds(register)))
                    return register;
            }
            if (wanted.Contains(Holding.Number) || wanted.Contains(Holding.Small))
            {
                Register made = Free();
                Add(Code.Mov(made, wanted.Contains(Holding.Number) ? Immediate() : _random.Below(64)));
                Set(made, wanted.Contains(Holding.Number) ? Holding.Number : Holding.Small);
                return made;
            }
        }
        return (Register)_random.Below(11);
    }

    private bool Has(params ReadOnlySpan<Holding> wanted)
    {
        foreach (Holding holding in _holds)
        {
            if (wanted.Contains(holding))
                return true;
        }
        return false;
    }

    /// <summary>A register to write: rarely one that holds a reference.</summary>
    private Register Free()
    {
        for (int i = 0; i < 8; i++)
        {
            var register = (Register)_random.Below(10);
            if (register != R6 && Holds(register) is not (Holding.Record or Holding.RecordOrNull or Holding.Socket or Holding.SocketOrNull))
                return register;
        }
        return (Register)_random.Below(10);
    }

    private void AfterCall(Holding result)
    {
        for (Register register = R1; register <= R5; register++)
            Set(register, Holding.Nothing);
        Set(R0, result);
    }

    private void Argument(Register register, Holding wanted, int fallback = 0)
    {
        Register source = Find(wanted);
        if (Holds(source) == wanted || _random.OneIn(Carelessness))
            Add(Code.Mov(register, source));
        else
            Add(Code.Mov(register, fallback));
        Set(register, Holds(source) == wanted ? wanted : Holding.Small);
    }

    private void MapArgument(Register register, string name)
    {
        Add(Code.Wide(register, _map(name)!.Value, WideLoadKind.MapIndex));
        Set(register, Holding.Nothing);
    }

    private static int Bytes(AccessSize size) => Opcode.Memory(OpcodeClass.Ldx, AccessMode.Mem, size).SizeInBytes;

    private AccessSize Size() => _random.Pick<AccessSize>(s_sizes);

    private int Immediate() => _random.Pick<int>(s_numbers);

    private bool Careless() => _random.OneIn(Carelessness);
}
