using Headrace.Bytecode;
using Headrace.Dataflow;
using Headrace.Engine;
using Headrace.Objects;
using Headrace.Ports;

namespace Headrace.Cli.Runs;

/// <summary>An object loaded into an engine of ours.</summary>
internal sealed class UserSession : ISession
{
    private readonly CollectionSpec _spec;
    private readonly Collection _collection;
    private readonly Executor _executor;

    public UserSession(CollectionSpec spec, string program, EngineKind kind, MachineOptions? options = null, InterpreterObserver? observer = null, bool unverified = false, PassOptions? passes = null)
    {
        _spec = spec;
        // One worker: per-CPU maps need one value. The others would only be zeros in the dump.
        _collection = Collection.Load(spec, new EngineOptions { Cpus = 1, Programs = [program], Unverified = unverified, Passes = passes ?? PassOptions.All });
        try
        {
            _executor = _collection.Programs[program].CreateExecutor(kind, options);
        }
        catch
        {
            _collection.Dispose();
            throw;
        }
        if (_executor is Interpreter interpreter)
            interpreter.Observer = observer;
        Engine = new ExecutorReplayEngine(_executor);
    }

    public IReplayEngine Engine { get; }

    /// <summary>What the batch engine did about each look-up; nothing with other engines.</summary>
    public IReadOnlyList<StageReport> Stages => (_executor as BatchExecutor)?.Stages ?? [];

    /// <summary>Writes what the passes did to the program's graph and, where it ran as a dataflow machine, what was counted.</summary>
    public void WriteReport(TextWriter writer)
    {
        GraphText.Write(_executor.Program.PassReports, writer);
        if (_executor is not DataflowExecutor dataflow)
            return;
        GraphText.Write(dataflow.Graph, writer);
        GraphText.Write(dataflow.Counts, writer);
    }

    public IReadOnlyList<MapDump> DumpMaps() => [.. _spec.Maps.Select(spec => MapDump.Of(spec, Elements(_collection.Maps[spec.Name]), cpus: 1))];

    // Streams and write-only maps cannot be listed without changing them.
    private static IEnumerable<KeyValuePair<byte[], byte[]>> Elements(Map map) =>
        map.KeySize == 0 || map.Type is MapType.XskMap or MapType.PerfEventArray || map.Flags.HasFlag(MapFlags.WriteOnly) ? [] : map.Entries();

    public void Dispose()
    {
        _executor.Dispose();
        _collection.Dispose();
    }
}
