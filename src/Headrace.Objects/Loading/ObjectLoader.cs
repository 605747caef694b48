using System.Text;
using Headrace.Objects.Elf;

namespace Headrace.Objects.Loading;

/// <summary>Turns an object file into a <see cref="CollectionSpec"/>: types, code, maps, data, references, and at last the linked programs.</summary>
internal sealed class ObjectLoader
{
    private const string CodeOfSubprograms = ".text";

    private readonly ElfFile _elf;
    private readonly ObjectOptions _options;
    private readonly List<string> _notes = [];
    private readonly CollectionSpec _spec;

    public ObjectLoader(ReadOnlyMemory<byte> bytes, string source, ObjectOptions options)
    {
        _elf = ElfFile.Parse(bytes, source);
        _options = options;
        _spec = new CollectionSpec
        {
            Source = source,
            FileSize = bytes.Length,
            License = ReadLicense(),
            Types = ObjectTypes.Read(_elf),
            Notes = _notes,
        };
    }

    public CollectionSpec Load()
    {
        Dictionary<int, CodeSection> code = ReadCode();
        var maps = new MapTable(_elf, _spec);
        new LegacyMapReader(_elf, maps).Read();
        var definitions = new MapDefinitionReader(_elf, _spec, maps);
        definitions.Read();
        new DataSectionReader(_elf, _spec, maps, _notes).Read();
        var externs = new KernelConfig(_elf, _spec, maps, _options, _notes);
        externs.Read();
        var references = new ReferenceReader(_elf, code, maps);
        foreach (CodeSection section in code.Values)
            references.Read(section);
        LinkPrograms(code);
        definitions.ReadInitialReferences(code);
        return _spec;
    }

    private string ReadLicense()
    {
        if (_elf.Find("license") is not { Type: ElfSectionType.ProgramBits } section)
            return "";
        ReadOnlySpan<byte> bytes = _elf.Contents(section).Span;
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private Dictionary<int, CodeSection> ReadCode()
    {
        Dictionary<int, CodeSection> code = [];
        foreach (ElfSection section in _elf.Sections)
        {
            if (section.IsCode && section.Size > 0)
                code.Add(section.Index, CodeSection.Read(_elf, section));
        }
        foreach (ref readonly ElfSymbol symbol in _elf.Symbols.AsSpan())
        {
            if (symbol.Type == ElfSymbolType.Function && code.TryGetValue(symbol.Section, out CodeSection? section))
                section.AddFunction(_elf, symbol);
        }
        foreach (CodeSection section in code.Values)
        {
            section.SortFunctions(_elf.File);
            if (section.Functions.Count == 0)
                _notes.Add($"{section.Section.Title} holds {section.Instructions.Length} instructions and no function: it is left out");
        }
        AnnotateCode(code);
        return code;
    }

    private void AnnotateCode(Dictionary<int, CodeSection> code)
    {
        if (_spec.Types is null || _elf.Find(".BTF.ext") is not { Size: > 0 } section)
            return;
        BtfExtension extension = BtfExtension.Parse(_elf.Contents(section), _spec.Types);
        foreach (CodeSection part in code.Values)
            part.Annotate(extension);
    }

    private void LinkPrograms(Dictionary<int, CodeSection> code)
    {
        var linker = new ProgramLinker(_elf, _spec, code.Values.Sum(section => (long)section.Instructions.Length));
        // An object whose only function has no section of its own is a program too; its type must be set by the user.
        bool textIsProgram = code.Values.Sum(section => section.Functions.Count) == 1;
        foreach (CodeSection section in code.Values)
        {
            if (section.Section.Name == CodeOfSubprograms && !textIsProgram)
                continue;
            string name = section.Section.Name;
            bool optional = name.StartsWith('?');
            SectionRule? rule = SectionRules.Find(optional ? name[1..] : name, out string target);
            if (rule is null && section.Functions.Any(function => function.Binding != ElfSymbolBinding.Local))
                _notes.Add($"{section.Section.Title} names no program type: set ProgramSpec.Type, or rename it to one of {string.Join(", ", SectionRules.All)}");
            foreach (CodeFunction function in section.Functions)
            {
                // A static function placed in a program's section is a subprogram: nobody outside can name it.
                if (function.Binding == ElfSymbolBinding.Local && !textIsProgram)
                    continue;
                if (_spec.Programs.Contains(function.Name))
                    throw new ObjectException(_elf.File, section.Section.Title, $"there are two programs '{function.Name}': the symbol table is damaged");
                _spec.Programs.Add(linker.Link(function, rule, target, optional));
            }
        }
    }
}
