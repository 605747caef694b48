using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Types;

/// <summary><c>btf dump</c>: types, one by one as they are numbered, or as a C header.</summary>
internal sealed class BtfDump() : KernelAction("dump")
{
    private const string ModuleFolder = "/sys/kernel/btf/";

    public override IReadOnlyList<string> Forms =>
    [
        "dump id N [format raw | c]",
        "dump prog PROG [format raw | c]",
        "dump map MAP [key | value | kv | all] [format raw | c]",
        "dump file FILE [format raw | c]",
    ];

    public override int Run(Keywords words, Answer answer)
    {
        IReadOnlyCollection<int>? roots = null;
        Btf types;
        switch (words.AcceptAny("id", "prog", "map", "file"))
        {
            case "id":
                using (KernelBtf loaded = KernelBtf.Open((uint)words.Number("id")))
                    types = loaded.GetTypes();
                break;
            case "prog":
                using (KernelProgram program = ProgramChoices.ReadOne(words))
                    types = TypesOf(program.GetInfo().BtfId, $"program {program.Id}");
                break;
            case "map":
                using (KernelMap map = MapChoices.ReadOne(words))
                {
                    MapInfo info = map.GetInfo();
                    types = TypesOf(info.BtfId, $"map {info.Id}");
                    roots = (words.AcceptAny("key", "value", "kv", "all") ?? "kv") switch
                    {
                        "key" => [(int)info.KeyTypeId],
                        "value" => [(int)info.ValueTypeId],
                        "kv" => [(int)info.KeyTypeId, (int)info.ValueTypeId],
                        _ => null,
                    };
                }
                break;
            case "file":
                string path = words.Next("the file");
                types = Btf.Load(path, BaseOf(path, answer));
                break;
            default:
                throw new UsageException("dump the types of what? id N, prog PROG, map MAP or file FILE");
        }
        string format = words.Accept("format") ? words.AcceptAny("raw", "c") ?? throw new UsageException($"format: raw or c, not '{words.Peek}'") : "raw";
        words.End();
        if (format == "c" && answer.Json)
            throw new UsageException("format c: a C header is not JSON, leave out -j");
        if (format == "c")
            BtfHeader.Write(types, answer.Out, roots);
        else
            WriteRaw(types, roots, answer);
        return ExitCode.Done;
    }

    private static Btf TypesOf(uint id, string subject) => KernelBtf.TryGetTypes(id)
        ?? throw new HeadraceException($"{subject} was loaded without types");

    // The file of a module is only readable on top of the kernel's.
    private static Btf? BaseOf(string path, Answer answer)
    {
        if (answer.BaseTypes is { } file)
            return Btf.Load(file);
        return path.StartsWith(ModuleFolder, StringComparison.Ordinal) && path != ModuleFolder + "vmlinux" ? KernelBtf.OfKernel : null;
    }

    private static void WriteRaw(Btf types, IReadOnlyCollection<int>? roots, Answer answer)
    {
        IEnumerable<int> ids = roots ?? Enumerable.Range(types.FirstOwnId, types.Count - types.FirstOwnId);
        // What has no type (the key of a data section) is left out, as void has no record.
        IEnumerable<BtfTypeRecord> records = ids.Where(id => id != 0).Select(id => new BtfTypeRecord(types, id));
        answer.Write(
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("types");
                foreach (BtfTypeRecord record in records)
                {
                    record.WriteJson(json);
                    answer.Relieve(json);
                }
                json.WriteEndArray();
                json.WriteEndObject();
            },
            output =>
            {
                foreach (BtfTypeRecord record in records)
                    record.WriteText(output);
            });
    }
}
