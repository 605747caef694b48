using System.Globalization;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Testing.Corners;

/// <summary>A small program that tries what an optimiser may take for granted, with its maps and the packets it is run over; corners.txt describes the language.</summary>
public sealed class Corner
{
    private readonly List<(string Name, List<string> Lines)> _texts = [("main", [])];

    private Corner(string name, int line) => (Name, Line) = (name, line);

    /// <summary>What it tries.</summary>
    public string Name { get; }

    /// <summary>Where it stands in the file, from 1.</summary>
    public int Line { get; }

    /// <summary>The maps, and the programs <c>main</c> and those that follow it.</summary>
    public CollectionSpec Spec { get; } = new() { Source = "corners.txt", License = "GPL" };

    /// <summary>Maps that are to be the map of another name.</summary>
    public Dictionary<string, string> Same { get; } = [];

    /// <summary>One burst.</summary>
    public List<byte[]> Packets { get; } = [];

    /// <summary>Instructions that a packet may spend on the engines, which stop the burst at the first that spends more; null for the usual number.</summary>
    public long? Budget { get; private set; }

    /// <summary>Every case of the file.</summary>
    public static IReadOnlyList<Corner> All { get; } = Read(Path.Combine(Repository.Root, "tests", "Headrace.Testing", "Corners", "corners.txt"));

    /// <summary>The maps whose elements can be listed.</summary>
    public IEnumerable<string> Listed => Spec.Maps.Where(map => map.Type is MapType.Array or MapType.PerCpuArray or MapType.Hash or MapType.PerCpuHash
        or MapType.LruHash or MapType.LpmTrie).Select(map => map.Name);

    private static List<Corner> Read(string path)
    {
        var corners = new List<Corner>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line.StartsWith("== ", StringComparison.Ordinal))
                corners.Add(new Corner(line[3..], number));
            else if (line[0] == '@')
                corners[^1].Direct(line[1..].Split(' ', StringSplitOptions.RemoveEmptyEntries), line);
            else
                corners[^1]._texts[^1].Lines.AddRange(line.Split(" ; "));
        }
        foreach (Corner corner in corners)
            corner.Assemble();
        return corners;
    }

    private void Direct(string[] words, string line)
    {
        switch (words[0])
        {
            case "map":
                Spec.Maps.Add(new MapSpec
                {
                    Name = words[1],
                    Type = Enum.Parse<MapType>(words[2]),
                    KeySize = Number(words[3]),
                    ValueSize = Number(words[4]),
                    MaxEntries = Number(words[5]),
                    Flags = words.Length > 6 ? Enum.Parse<MapFlags>(words[6]) : MapFlags.None,
                });
                return;
            case "inner":
                Spec.Maps[words[1]].InnerMap = Spec.Maps[words[2]];
                return;
            case "frozen":
                Spec.Maps[words[1]].Freeze = true;
                return;
            case "same":
                Same.Add(words[1], words[2]);
                return;
            case "element":
                Spec.Maps[words[1]].Entries.Add(words[3][0] == '=' ? new MapEntrySpec(Convert.FromHexString(words[2]), null, words[3][1..])
                    : new MapEntrySpec(Convert.FromHexString(words[2]), Padded(words[3], (int)Spec.Maps[words[1]].ValueSize)));
                return;
            case "packets":
                for (uint i = 0; i < Number(words[1]); i++)
                    Packets.Add(Padded(words.Length > 3 ? words[3] : "", (int)Number(words[2])));
                return;
            case "counted":
                for (uint i = 0; i < Number(words[1]); i++)
                    Packets.Add([(byte)(i % Number(words[3])), .. new byte[Number(words[2]) - 1]]);
                return;
            case "budget":
                Budget = Number(words[1]);
                return;
            case "program":
                _texts.Add((words[1], []));
                return;
            default:
                throw new FormatException($"corners.txt: unknown directive '{line}'");
        }
    }

    private void Assemble()
    {
        foreach ((string name, List<string> lines) in _texts)
        {
            try
            {
                Spec.Programs.Add(new ProgramSpec
                {
                    Name = name,
                    Type = ProgramType.Xdp,
                    License = Spec.License,
                    Instructions = Assembler.Assemble(string.Join('\n', lines), map => Spec.Maps.Contains(map) ? Spec.Maps.IndexOf(Spec.Maps[map]) : null),
                });
            }
            catch (HeadraceException error)
            {
                throw new FormatException($"corners.txt({Line}): {Name}: {error.Message}", error);
            }
        }
    }

    private static uint Number(string word) => uint.Parse(word, CultureInfo.InvariantCulture);

    private static byte[] Padded(string hex, int length)
    {
        byte[] bytes = new byte[length];
        Convert.FromHexString(hex).CopyTo(bytes, 0);
        return bytes;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} (line {Line.ToString(CultureInfo.InvariantCulture)})";
}
