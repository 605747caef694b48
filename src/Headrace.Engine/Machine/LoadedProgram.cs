using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Headrace.Bytecode;
using Headrace.Dataflow;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Engine;

/// <summary>A program that was checked and bound to its maps: what executors run. Shared between threads; it never changes.</summary>
public sealed partial class LoadedProgram : IDisposable
{
    private static readonly ConcurrentDictionary<int, WeakReference<LoadedProgram>> s_programs = new();
    private static int s_lastId;

    private readonly ProgramSpec _spec;
    private readonly Instruction[] _instructions;
    private readonly HashSet<int> _functionStarts;
    private readonly DisassemblyNames _names;
    private readonly bool _onAllEngines;
    private DecodedProgram? _decoded;

    private LoadedProgram(ProgramSpec spec, Map[] maps, VerifiedProgram? verified, bool isPlain, bool onAllEngines)
    {
        _spec = spec;
        Verified = verified;
        _onAllEngines = verified is not null || isPlain || onAllEngines;
        _instructions = verified is null ? [.. spec.Instructions] : DeadCode.WithoutInvalid(verified);
        MapArray = maps;
        IsPlain = isPlain;
        Context = ContextLayout.Of(spec.Type, spec.ExpectedAttachType);
        ProgramStructure structure = ProgramChecker.Check(spec, _instructions, maps, isPlain);
        FunctionStarts = structure.FunctionStarts;
        ReferencedMaps = [.. structure.MapIndices.Select(index => maps[index])];
        _functionStarts = [.. structure.FunctionStarts];
        _names = new DisassemblyNames
        {
            Map = index => (uint)index < (uint)maps.Length ? maps[index].Name : null,
            Function = start => spec.Functions.FirstOrDefault(function => function.Start == start)?.Name,
        };
        ValueRegions = MapValues.Regions(this);
        Id = Interlocked.Increment(ref s_lastId);
        s_programs[Id] = new WeakReference<LoadedProgram>(this);
    }

    /// <summary>The program's name.</summary>
    public string Name => _spec.Name;

    /// <summary>Program type: what its context is.</summary>
    public ProgramType Type => _spec.Type;

    /// <summary>Expected attach type.</summary>
    public AttachType ExpectedAttachType => _spec.ExpectedAttachType;

    /// <summary>Load flags.</summary>
    public ProgramFlags Flags => _spec.Flags;

    /// <summary>Licence string.</summary>
    public string License => _spec.License;

    /// <summary>What was proved of it; null when it was loaded unverified, and for plain eBPF.</summary>
    public VerifiedProgram? Verified { get; }

    /// <summary>The instructions by slot, as they were checked.</summary>
    public ReadOnlySpan<Instruction> Instructions => _instructions;

    /// <summary>The functions inside, by start; empty when the object names none.</summary>
    public IReadOnlyList<FunctionSpec> Functions => _spec.Functions;

    /// <summary>The maps of its collection by index: what its map loads refer to.</summary>
    public IReadOnlyList<Map> Maps => MapArray;

    /// <summary>Process-wide number of the program, from 1; never used twice.</summary>
    public int Id { get; }

    /// <summary>The same as <see cref="Maps"/>.</summary>
    internal Map[] MapArray { get; }

    /// <summary>The maps that its instructions refer to.</summary>
    internal Map[] ReferencedMaps { get; }

    /// <summary>The values that its instructions have addresses of: data sections.</summary>
    internal MemoryRegion[] ValueRegions { get; }

    /// <summary>What the interpreter runs, decoded when it is first asked for.</summary>
    internal DecodedProgram Decoded => _decoded ?? Interlocked.CompareExchange(ref _decoded, new DecodedProgram(this), null) ?? _decoded;

    /// <summary>Slots where functions start, ascending, the program's own 0 first: targets of local calls and of function addresses.</summary>
    internal int[] FunctionStarts { get; }

    /// <summary>True for plain eBPF: no context, R1 and R2 are memory, helper 5 answers its first argument.</summary>
    internal bool IsPlain { get; }

    /// <summary>What the context looks like; null for plain eBPF.</summary>
    internal ContextLayout? Context { get; }

    /// <summary>Loads plain eBPF, which has no context and no maps: R1 is the address of some memory and R2 its length.</summary>
    /// <param name="instructions">The program by slot.</param>
    /// <param name="name">Name for messages.</param>
    /// <exception cref="ProgramLoadException">No engine can run it.</exception>
    /// <exception cref="BytecodeException">An instruction is not valid.</exception>
    /// <exception cref="UnsupportedFeatureException">It calls what is only in the kernel.</exception>
    public static LoadedProgram LoadPlain(Instruction[] instructions, string name = "vm") =>
        new(new ProgramSpec { Name = name, Type = ProgramType.Unspec, Instructions = instructions }, [], null, isPlain: true, onAllEngines: true);

    /// <summary>Loads one program of a collection whose maps are made.</summary>
    /// <param name="spec">The program.</param>
    /// <param name="maps">The maps by index.</param>
    /// <param name="verified">What was proved of it; null when it was not verified.</param>
    /// <param name="onAllEngines">True to let every engine run it even so.</param>
    /// <param name="passes">The passes that go over its graph.</param>
    internal static LoadedProgram Load(ProgramSpec spec, Map[] maps, VerifiedProgram? verified, bool onAllEngines, PassOptions passes) =>
        new(spec, maps, verified, isPlain: false, onAllEngines) { Passes = passes };

    /// <summary>Refuses an engine that runs verified programs only.</summary>
    /// <param name="engine">The engine's name.</param>
    /// <exception cref="UnsupportedFeatureException">The program was loaded unverified.</exception>
    internal void RequireVerified(string engine)
    {
        if (!_onAllEngines)
            throw new UnsupportedFeatureException($"program '{Name}'", $"engine {engine}", $"it was loaded unverified, which only engine {EngineKind.Interpreter} runs");
    }

    /// <summary>True when a program may go on into another: what was not verified stays where accesses are checked.</summary>
    internal bool MayTailCall(LoadedProgram target) => target._onAllEngines || !_onAllEngines;

    /// <summary>Finds a live program by <see cref="Id"/>.</summary>
    internal static bool TryFind(int id, [NotNullWhen(true)] out LoadedProgram? program)
    {
        program = null;
        return s_programs.TryGetValue(id, out WeakReference<LoadedProgram>? reference) && reference.TryGetTarget(out program);
    }

    /// <summary>Slots of the function that starts at a slot: what a call of it costs of a run's budget, besides its loops.</summary>
    internal int FunctionLength(int slot)
    {
        int next = Array.BinarySearch(FunctionStarts, slot) + 1;
        return (next < FunctionStarts.Length ? FunctionStarts[next] : _instructions.Length) - slot;
    }

    /// <summary>True when a function starts at the slot.</summary>
    internal bool IsFunctionStart(int slot) => _functionStarts.Contains(slot);

    /// <summary>What the register gets from the wide load at a slot: a number, a map's handle, an address in a map's value, or a function.</summary>
    internal ulong WideValue(int slot)
    {
        Instruction instruction = _instructions[slot];
        int index = (int)(uint)instruction.Immediate;
        return instruction.WideLoadKind switch
        {
            WideLoadKind.MapIndex => MapArray[index].Handle,
            WideLoadKind.MapValueIndex => MapValues.Address(MapArray[index]) + (uint)(instruction.Immediate >> 32),
            WideLoadKind.Function => FunctionPointers.Of(this, slot + 1 + instruction.Imm32),
            _ => (ulong)instruction.Immediate,
        };
    }

    /// <summary>The source line an instruction came from, or null.</summary>
    public SourceLine? LineAt(int slot) => _spec.LineAt(slot);

    /// <summary>Name of the function around an instruction; the program's own name when the object names none.</summary>
    public string FunctionAt(int slot) => Functions.LastOrDefault(function => function.Start <= slot)?.Name ?? Name;

    /// <summary>An instruction in the syntax of the kernel's log, with the names of maps, functions and kfuncs.</summary>
    public string TextAt(int slot) => Disassembler.Format(_instructions[slot], slot, _names);

    /// <summary>Makes an executor with a machine of its own.</summary>
    /// <exception cref="UnsupportedFeatureException">The engine cannot run this program, or the program was loaded unverified and the engine is not the interpreter.</exception>
    public Executor CreateExecutor(EngineKind kind, MachineOptions? options = null) => kind switch
    {
        EngineKind.Interpreter => new Interpreter(this, options),
        EngineKind.Jit => IsCompiled ? new JitExecutor(this, options) : new Interpreter(this, options),
        EngineKind.Batch => IsCompiled ? new BatchExecutor(this, options) : new Interpreter(this, options),
        EngineKind.Dataflow => new DataflowExecutor(this, options),
        _ => throw new UnsupportedFeatureException($"program '{Name}'", $"engine {kind}", $"there is none yet: use {EngineKind.Interpreter}"),
    };

    /// <inheritdoc/>
    public void Dispose() => s_programs.TryRemove(Id, out _);
}
