using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>A program as one worker runs it, with the programs that maps send frames to.</summary>
internal sealed class WorkerProgram : IDisposable
{
    private readonly EngineKind _engine;
    private readonly MachineOptions _machine;
    private readonly Dictionary<int, Executor> _others = [];

    /// <summary>Makes everything ready, compiled: the first packet shall not wait.</summary>
    public WorkerProgram(ForwardProgram program, MachineOptions machine)
    {
        (_engine, _machine) = (program.Engine, machine);
        Main = program.Program.CreateExecutor(_engine, machine);
        Main.Prepare();
        foreach (LoadedProgram other in program.Programs.Values.Where(other => other != program.Program && other.Type == program.Program.Type))
            Executor(other).Prepare();
    }

    /// <summary>The program itself.</summary>
    public Executor Main { get; }

    /// <summary>Another program.</summary>
    public Executor Executor(LoadedProgram program)
    {
        if (!_others.TryGetValue(program.Id, out Executor? executor))
            _others.Add(program.Id, executor = program.CreateExecutor(_engine, _machine));
        return executor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Main.Dispose();
        foreach (Executor executor in _others.Values)
            executor.Dispose();
    }
}
