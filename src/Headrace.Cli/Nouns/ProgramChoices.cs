using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns;

/// <summary>Reads which program is meant: <c>id N</c>, <c>tag T</c>, <c>name X</c> or <c>pinned PATH</c>.</summary>
internal static class ProgramChoices
{
    private const string Syntax = "which program? id N, tag T, name X or pinned PATH";
    private const int ShortName = 15; // BPF_OBJ_NAME_LEN without its zero

    /// <summary>Opens the programs that are meant; a tag and a name may stand for several.</summary>
    /// <exception cref="UsageException">The words say no program.</exception>
    /// <exception cref="HeadraceException">There is none.</exception>
    public static IReadOnlyList<KernelProgram> Read(Keywords words)
    {
        switch (words.AcceptAny("id", "tag", "name", "pinned"))
        {
            case "id":
                return [KernelProgram.Open((uint)words.Number("id"))];
            case "pinned":
                return [KernelProgram.OpenPinned(words.Next("the path of the pinned program"))];
            case "tag":
                string tag = words.Next("tag");
                return Find(info => info.Tag == tag, $"tag {tag}");
            case "name":
                string name = words.Next("name");
                string cut = name.Length > ShortName ? name[..ShortName] : name;
                return Find(info => info.Name == name || info.Name == cut, $"name '{name}'");
            default:
                throw new UsageException(words.IsEmpty ? Syntax : $"{Syntax} (what is '{words.Peek}'?)");
        }
    }

    /// <summary>Opens the one program that is meant.</summary>
    /// <exception cref="HeadraceException">There is none, or there are several.</exception>
    public static KernelProgram ReadOne(Keywords words)
    {
        IReadOnlyList<KernelProgram> programs = Read(words);
        if (programs.Count == 1)
            return programs[0];
        string ids = string.Join(", ", programs.Select(program => program.Id));
        foreach (KernelProgram program in programs)
            program.Dispose();
        throw new HeadraceException($"there are {programs.Count} such programs, with the ids {ids}: say which by 'id N'");
    }

    private static List<KernelProgram> Find(Func<ProgramInfo, bool> wanted, string what)
    {
        List<KernelProgram> found = [];
        foreach (uint id in KernelProgram.Ids())
        {
            if (KernelProgram.TryOpen(id) is not { } program)
                continue;
            if (wanted(program.GetInfo()))
                found.Add(program);
            else
                program.Dispose();
        }
        return found.Count > 0 ? found : throw new HeadraceException($"no program with the {what} is loaded");
    }
}
