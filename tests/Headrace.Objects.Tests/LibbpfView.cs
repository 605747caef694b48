using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Objects.Tests;

/// <summary>What libbpf says of an object: maps as <c>name type key value entries flags</c>, programs with their relocated instructions.</summary>
internal sealed record LibbpfView(int LoadError, IReadOnlyList<string> Maps, IReadOnlyDictionary<string, LibbpfProgram> Programs)
{
    public static LibbpfView Parse(string text)
    {
        int error = 0;
        List<string> maps = [];
        Dictionary<string, LibbpfProgram> programs = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ');
            if (parts[0] == "load")
                error = int.Parse(parts[1], CultureInfo.InvariantCulture);
            else if (parts[0] == "map")
                maps.Add(line[4..]);
            else
                programs.Add(parts[1], new LibbpfProgram(Number(parts[2]), Number(parts[3]), Number(parts[4]), Instruction.Decode(Convert.FromHexString(parts[5]))));
        }
        return new LibbpfView(error, maps, programs);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
