namespace Headrace.Engine;

/// <summary>A program ready to run on one engine with a machine of its own. One a worker; not shared between threads.</summary>
public abstract unsafe class Executor : IDisposable
{
    /// <summary>Binds a program to a new machine.</summary>
    private protected Executor(LoadedProgram program, MachineOptions? options)
    {
        Program = program;
        RequireCpu(program, options?.Cpu ?? 0);
        Machine = new Machine(options) { Program = program, Executor = this };
    }

    /// <summary>Makes an executor for another one's machine, which stays that one's.</summary>
    private protected Executor(Executor owner)
    {
        Program = owner.Program;
        Machine = owner.Machine;
    }

    /// <summary>The program it starts.</summary>
    public LoadedProgram Program { get; }

    /// <summary>What the program stands on.</summary>
    public Machine Machine { get; }

    /// <summary>Does now what the first run would do besides running: compiling. For those who measure or cannot wait later.</summary>
    public virtual void Prepare() => Run(null, 0);

    /// <summary>Runs the program over a burst: once for each frame, in order, with the frame as context. The verdicts are in <see cref="Frame.Verdict"/>.</summary>
    /// <param name="frames">
    /// The first frame, in native memory. Offsets from a frame's address are the context, at most 192 bytes of it: no packet may lie
    /// that close behind the last frame (<see cref="PacketBurst"/> sees to it).
    /// </param>
    /// <param name="count">Number of frames.</param>
    /// <exception cref="ProgramFaultException">The program was stopped; frames before the one at hand have their verdicts.</exception>
    public abstract void Run(Frame* frames, int count);

    /// <summary>Runs the program once over plain memory: R1 is its address, R2 its length, and it is all the program may touch besides its stack.</summary>
    /// <returns>R0 at the exit.</returns>
    /// <exception cref="ProgramFaultException">The program was stopped.</exception>
    public abstract ulong Invoke(byte* memory, nuint length);

    /// <summary>Calls a function of a program on the machine's stack, for helpers that take a callback.</summary>
    internal abstract ulong CallFunction(LoadedProgram program, int slot, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5);

    // Code does not ask whether a per-CPU map has a value for the processor.
    private static void RequireCpu(LoadedProgram program, int cpu)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cpu, nameof(MachineOptions.Cpu));
        if (Array.Find(program.MapArray, map => MapFit.IsPerCpu(map.Type) && map.Cpus <= cpu) is { } map)
        {
            throw new ArgumentOutOfRangeException(nameof(MachineOptions.Cpu), cpu,
                $"map '{map.Name}' of program '{program.Name}' has values for {map.Cpus} CPUs: load it with more (EngineOptions.Cpus)");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the machine; overriders call the base.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && Machine.Executor == this)
            Machine.Dispose();
    }
}
