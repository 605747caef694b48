using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Ports;

namespace Headrace.Cli.Runs;

/// <summary>What <c>headrace run</c> answers; people and scripts get the same record, rendered in two ways.</summary>
/// <param name="Object">The object file as it was named.</param>
/// <param name="Program">The program's name.</param>
/// <param name="Type">Its type: what the verdicts mean.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Source">Where the packets came from.</param>
/// <param name="Replay">Counts and time.</param>
/// <param name="Maps">What the maps hold afterwards; null when nobody asked.</param>
/// <param name="Types">The object's types, to show keys and values in C's words; null without BTF.</param>
internal sealed record RunReport(
    string Object, string Program, ProgramType Type, string Engine, string Source, ReplayResult Replay, IReadOnlyList<MapDump>? Maps, Btf? Types)
{
    /// <summary>Verdicts by name, the expected ones first; those that did not occur are there with 0 where the type always names them.</summary>
    public IReadOnlyList<(string Name, long Count)> Verdicts()
    {
        var byName = new List<(string Name, long Count)>();
        foreach (uint verdict in VerdictNames.Expected(Type).Union(Replay.Verdicts.Keys.Order()))
        {
            string name = VerdictNames.Of(Type, verdict);
            long count = Replay.Verdicts.GetValueOrDefault(verdict);
            int known = byName.FindIndex(entry => entry.Name == name);
            if (known < 0)
                byName.Add((name, count));
            else
                byName[known] = (name, byName[known].Count + count);
        }
        return byName;
    }
}
