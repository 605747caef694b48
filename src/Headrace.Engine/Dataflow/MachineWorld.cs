using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Dataflow;
using Headrace.Engine.Jit;

namespace Headrace.Engine;

/// <summary>What a graph stands on in user space: the machine, its maps and helpers.</summary>
/// <remarks>Packets in flight share the machine: before each access it is given the frame and the stack of the packet that asks.</remarks>
internal sealed unsafe class MachineWorld : TokenWorld
{
    private const int StackSize = Machine.MaxCallDepth * Machine.MaxStack;

    // A simulated instruction takes so much longer than any other engine's that a packet may have fewer.
    private const long MaxBudget = 1L << 25;

    private readonly Machine _machine;
    private readonly LoadedProgram _program;
    private readonly int _stacks;
    private readonly byte* _stackMemory;
    private readonly byte* _ownStack;
    private readonly long[] _budgets;
    private Frame* _frames;
    private byte* _memory;
    private nuint _length;

    /// <param name="machine">The machine.</param>
    /// <param name="program">Whose graph it is.</param>
    /// <param name="stacks">Packets in flight at once.</param>
    public MachineWorld(Machine machine, LoadedProgram program, int stacks)
    {
        _machine = machine;
        _program = program;
        _stacks = stacks;
        _budgets = new long[stacks];
        _ownStack = machine.State->StackBase;
        _stackMemory = stacks > 1 ? (byte*)NativeMemory.AllocZeroed((nuint)stacks * StackSize) : null;
    }

    ~MachineWorld() => NativeMemory.Free(_stackMemory);

    private long Budget => Math.Min(_machine.Options.Budget, MaxBudget);

    /// <summary>R0 of the last run.</summary>
    public ulong Result { get; private set; }

    /// <summary>Makes ready for a burst.</summary>
    public void Take(Frame* frames)
    {
        _frames = frames;
        _memory = null;
        _length = 0;
    }

    /// <summary>Makes ready for a run over plain memory.</summary>
    public void Take(byte* memory, nuint length)
    {
        _frames = null;
        _memory = memory;
        _length = length;
    }

    public override void Begin(int tag, Span<ulong> arguments)
    {
        Select(tag);
        Frame* frame = _frames != null ? _frames + tag : null;
        _machine.Begin(_program, frame, _memory, _length);
        _budgets[tag % _stacks] = _machine.State->Budget = Budget;
        arguments[1] = frame != null ? (ulong)frame : (ulong)_memory;
        arguments[2] = _length;
    }

    public override void End(int tag, ulong result)
    {
        Result = result;
        if (_frames != null)
            _frames[tag].Verdict = (uint)result;
    }

    public override ulong FrameTop(int tag) => (ulong)Stack(tag) + StackSize;

    public override ulong Literal(Actor literal) => literal.Kind switch
    {
        ActorKind.MapHandle => _program.MapArray[literal.Map].Handle,
        ActorKind.MapValueAddress => MapValues.Address(_program.MapArray[literal.Map]) + (ulong)literal.Immediate,
        ActorKind.ElementAddress => Element(_program.MapArray[literal.Map], (uint)literal.Immediate),
        _ => FunctionPointers.Of(_program, (int)literal.Immediate),
    };

    private ulong Element(Map map, uint index) => (ulong)map.Lookup((byte*)&index, _machine.State->Cpu);

    public override ulong Load(in Site site, ulong address, int size)
    {
        Select(site);
        return JitRuntime.Load(_machine, address, site.Slot, size);
    }

    public override void Store(in Site site, ulong address, int size, ulong value)
    {
        Select(site);
        JitRuntime.Store(_machine, address, value, site.Slot, size);
    }

    public override ulong Atomic(in Site site, AtomicOp op, ulong address, int size, ulong operand, ulong expected)
    {
        Select(site);
        _machine.State->Pc = site.Slot;
        byte* target = op == AtomicOp.LoadAcquire ? _machine.Readable(address, (ulong)size) : _machine.Writable(address, (ulong)size);
        switch (op)
        {
            case AtomicOp.LoadAcquire:
                return size switch
                {
                    1 => Volatile.Read(ref *target),
                    2 => Volatile.Read(ref *(ushort*)target),
                    4 => Volatile.Read(ref *(uint*)target),
                    _ => Volatile.Read(ref *(ulong*)target),
                };
            case AtomicOp.StoreRelease:
                switch (size)
                {
                    case 1: Volatile.Write(ref *target, (byte)operand); break;
                    case 2: Volatile.Write(ref *(ushort*)target, (ushort)operand); break;
                    case 4: Volatile.Write(ref *(uint*)target, (uint)operand); break;
                    default: Volatile.Write(ref *(ulong*)target, operand); break;
                }
                return 0;
        }
        return size == sizeof(uint) ? Exchange(ref *(uint*)target, op, operand, expected) : Exchange(ref *(ulong*)target, op, operand, expected);
    }

    public override ulong LoadPacket(in Site site, int offset, int size)
    {
        Select(site);
        return JitRuntime.LoadPacket(_machine, offset, size, site.Slot);
    }

    public override ulong Helper(in Site site, HelperId helper, ReadOnlySpan<ulong> arguments)
    {
        Select(site);
        _machine.State->Pc = site.Slot;
        if (!HelperTable.TryGet(helper, out HelperEntry entry))
            throw new UnsupportedFeatureException($"program '{_program.Name}'", $"helper {helper} at instruction {site.Slot}", "the engines do not have it");
        return entry.Function(_machine, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]);
    }

    public override bool TailCall(in Site site, ulong map, ulong index, out ulong result)
    {
        Select(site);
        _machine.State->Pc = site.Slot;
        result = 0;
        Map array = MapHandles.Find(map) ?? throw _machine.Fault($"tail-calls through 0x{map:x}, which is no map");
        if (array.ProgramAt((uint)index) is not { } found || _machine.TailCall(found) is not { } target)
            return false;
        LoadedProgram caller = _machine.Program!;
        _machine.Program = target;
        result = ((DataflowExecutor)_machine.Executor!).Continue(target, site.Depth);
        _machine.Program = caller;
        return true;
    }

    public override void Spend(in Site site, int instructions)
    {
        Select(site);
        _machine.State->Pc = site.Slot;
        // Callbacks, which the machine counts, are there only where packets run one by one.
        ref long budget = ref _budgets.Length == 1 ? ref _machine.State->Budget : ref _budgets[site.Tag % _stacks];
        if ((budget -= instructions) < 0)
            throw _machine.BudgetFault(Budget);
    }

    public override void EnterCall(in Site site, int start)
    {
        if (site.Depth < Machine.MaxCallDepth)
        {
            Spend(site, _program.FunctionLength(start));
            return;
        }
        Select(site.Tag);
        _machine.State->Pc = site.Slot;
        throw _machine.DepthFault();
    }

    private byte* Stack(int tag) => _stackMemory == null ? _ownStack : _stackMemory + tag % _stacks * StackSize;

    private void Select(in Site site)
    {
        if (_stackMemory != null)
            Select(site.Tag);
        // Functions that were inlined have frames of their own.
        if (site.Depth >= Machine.MaxCallDepth)
            throw _machine.DepthFault();
        _machine.State->CallDepth = site.Depth;
    }

    private void Select(int tag)
    {
        if (_stackMemory == null)
            return;
        _machine.State->Frame = _frames + tag;
        _machine.State->StackBase = Stack(tag);
        _machine.State->StackTop = Stack(tag) + StackSize;
    }

    /// <summary>Gives the machine its own stack back.</summary>
    public void Leave()
    {
        _machine.State->StackBase = _ownStack;
        _machine.State->StackTop = _ownStack + StackSize;
        _machine.State->CallDepth = 0;
    }

    private static ulong Exchange(ref uint target, AtomicOp op, ulong operand, ulong expected)
    {
        uint value = (uint)operand;
        return op switch
        {
            AtomicOp.Exchange => Interlocked.Exchange(ref target, value),
            AtomicOp.CompareExchange => JitRuntime.CompareExchange(ref target, operand, expected),
            _ => (op & ~AtomicOp.Fetch) switch
            {
                AtomicOp.Add => Interlocked.Add(ref target, value) - value,
                AtomicOp.Or => Interlocked.Or(ref target, value),
                AtomicOp.And => Interlocked.And(ref target, value),
                _ => (uint)JitRuntime.Xor(ref System.Runtime.CompilerServices.Unsafe.As<uint, int>(ref target), (int)value),
            },
        };
    }

    private static ulong Exchange(ref ulong target, AtomicOp op, ulong operand, ulong expected) => op switch
    {
        AtomicOp.Exchange => Interlocked.Exchange(ref target, operand),
        AtomicOp.CompareExchange => Interlocked.CompareExchange(ref target, operand, expected),
        _ => (op & ~AtomicOp.Fetch) switch
        {
            AtomicOp.Add => Interlocked.Add(ref target, operand) - operand,
            AtomicOp.Or => Interlocked.Or(ref target, operand),
            AtomicOp.And => Interlocked.And(ref target, operand),
            _ => (ulong)JitRuntime.Xor(ref System.Runtime.CompilerServices.Unsafe.As<ulong, long>(ref target), (long)operand),
        },
    };
}
