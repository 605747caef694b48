using System.Globalization;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;

namespace Headrace.Cli.Runs;

/// <summary>What the batch engine fetched ahead, a line a look-up.</summary>
internal static class StageText
{
    public static void Write(IReadOnlyList<StageReport> stages, ProgramSpec program, TextWriter output)
    {
        output.WriteLine($"stages: {stages.Count(stage => stage.Stage > 0)} of {stages.Count} look-ups fetched ahead");
        foreach (StageReport stage in stages)
        {
            string what = stage.Stage > 0 ? string.Create(CultureInfo.InvariantCulture, $"stage {stage.Stage}, {stage.Share:P0} of packets") : "not staged";
            string size = string.Create(CultureInfo.InvariantCulture, $"{stage.Bytes / 1024.0:N0} KiB");
            string line = program.LineAt(stage.Slot) is { } at ? $"{Path.GetFileName(at.File)}:{at.Line}" : $"instruction {stage.Slot}";
            output.WriteLine($"  {stage.Map.Name,-16} {MapTypeNames.Of(stage.Map.Type),-14} {size,14}  {line,-20} {what}");
        }
    }
}
