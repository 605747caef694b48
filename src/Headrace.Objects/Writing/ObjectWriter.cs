using System.Text;
using Headrace.Bytecode;
using Headrace.Objects.Elf;
using Headrace.Objects.Writing;

namespace Headrace.Objects;

/// <summary>Writes ELF objects that libbpf and its tools load as they load clang's.</summary>
public sealed class ObjectWriter
{
    private const uint WideReference = 1; // R_BPF_64_64
    private const uint CallReference = 10; // R_BPF_64_32

    private readonly AssemblyModule _module;
    private readonly ElfWriter _elf = new();
    private readonly BtfWriter _types = new();
    private readonly BtfExtensionWriter _extension;

    private ObjectWriter(AssemblyModule module)
    {
        _module = module;
        _extension = new BtfExtensionWriter(_types, module.Source);
    }

    /// <summary>Writes an assembled module: code, maps (defined by BTF), data, symbols, relocations, licence, function and line information.</summary>
    /// <exception cref="ObjectException">A map's first element names nothing in the module.</exception>
    public static void Write(AssemblyModule module, Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(ToBytes(module));
    }

    /// <inheritdoc cref="Write(AssemblyModule, Stream)"/>
    /// <returns>The file.</returns>
    public static byte[] ToBytes(AssemblyModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new ObjectWriter(module).Write();
    }

    /// <summary>Writes a collection: each program into its own section, the functions they call into <c>.text</c>, maps, data and licence.</summary>
    /// <remarks>Types are not kept; see docs/assembly.md.</remarks>
    /// <exception cref="ObjectException">The collection holds something that an object cannot say.</exception>
    public static byte[] ToBytes(CollectionSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return ToBytes(SpecModule.From(spec));
    }

    /// <inheritdoc cref="ToBytes(CollectionSpec)"/>
    public static void Write(CollectionSpec spec, Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(ToBytes(spec));
    }

    private byte[] Write()
    {
        CheckEntries();
        foreach (AssemblySection section in _module.Code)
            WriteCode(section);
        foreach (AssemblyData data in _module.Data)
            WriteData(data);
        new MapWriter(_types, _elf).Write(_module.Maps);
        if (_module.License is not null)
            _elf.AddSection("license", ElfSectionType.ProgramBits, ElfWriter.Allocated | ElfWriter.Writable, 1, Encoding.UTF8.GetBytes(_module.License + "\0"));
        WriteExterns();
        byte[] extension = _extension.ToBytes();
        _elf.AddSection(".BTF", ElfSectionType.ProgramBits, 0, 4, _types.ToBytes());
        _elf.AddSection(".BTF.ext", ElfSectionType.ProgramBits, 0, 4, extension);
        return _elf.ToBytes();
    }

    private void CheckEntries()
    {
        HashSet<string> names = [.. _module.Maps.Select(map => map.Name), .. _module.Code.SelectMany(code => code.Functions).Select(function => function.Name)];
        foreach (AssemblyMap map in _module.Maps)
        {
            foreach ((uint index, string name) in map.Entries)
            {
                if (!names.Contains(name))
                    throw new ObjectException(_module.Source, $"map '{map.Name}'", $"its element {index} is '{name}', which is neither a function nor a map here");
            }
        }
    }

    private void WriteCode(AssemblySection section)
    {
        int index = _elf.AddSection(section.Name, ElfSectionType.ProgramBits, ElfWriter.Allocated | ElfWriter.Executable, 8, Instruction.Encode(section.Instructions));
        _elf.AddSectionSymbol(index);
        List<int> functionTypes = [];
        foreach (AssemblyFunction function in section.Functions)
        {
            functionTypes.Add(WriteFunctionType(section, function));
            _elf.AddSymbol(function.Name, ElfSymbolType.Function, function.IsGlobal, index,
                (long)function.Start * Instruction.SlotSize, (long)function.Length * Instruction.SlotSize);
        }
        foreach (SymbolReference reference in section.References)
        {
            uint type = section.Instructions[reference.Slot].IsCall ? CallReference : WideReference;
            _elf.AddRelocation(index, (long)reference.Slot * Instruction.SlotSize, type, reference.Target, reference.IsSection);
        }
        _extension.Add(section, functionTypes);
    }

    // Text says nothing of a subprogram's parameters. As a static function it is verified with what its callers pass,
    // where a global one would be verified alone, by parameter types that nobody gave.
    private int WriteFunctionType(AssemblySection section, AssemblyFunction function)
    {
        if (section.Name == ".text")
            return _types.Function(function.Name, _types.Prototype(_types.Integer(4)), BtfLinkage.Static);
        int context = _types.Pointer(_types.Struct(ContextName(section.Name), 0, []));
        return _types.Function(function.Name, _types.Prototype(_types.Integer(4), ("ctx", context)), function.IsGlobal ? BtfLinkage.Global : BtfLinkage.Static);
    }

    private static string ContextName(string section) =>
        section.StartsWith("xdp", StringComparison.Ordinal) ? "xdp_md" : "__sk_buff";

    private void WriteData(AssemblyData data)
    {
        bool constant = data.Name.StartsWith(".rodata", StringComparison.Ordinal);
        int index = _elf.AddSection(data.Name, data.IsZero ? ElfSectionType.NoBits : ElfSectionType.ProgramBits,
            ElfWriter.Allocated | (constant ? 0 : ElfWriter.Writable), 8, data.Bytes);
        _elf.AddSectionSymbol(index);
        List<(int, uint, uint)> variables = [];
        foreach (AssemblyVariable variable in data.Variables)
        {
            _elf.AddSymbol(variable.Name, ElfSymbolType.Object, variable.IsGlobal, index, variable.Offset, variable.Size);
            if (variable.Size == 0)
                continue;
            int type = variable.Size is 1 or 2 or 4 or 8 ? _types.Integer(variable.Size) : _types.Array(_types.Integer(1), (uint)variable.Size);
            variables.Add((_types.Variable(variable.Name, type, variable.IsGlobal ? BtfLinkage.Global : BtfLinkage.Static), (uint)variable.Offset, (uint)variable.Size));
        }
        if (variables.Count > 0)
            _types.DataSection(data.Name, (uint)data.Bytes.Length, variables);
    }

    // libbpf fills an option by its type: truth, number or text.
    private int ConfigType(int size) => size switch
    {
        1 => _types.Boolean(),
        2 or 4 or 8 => _types.Integer(size),
        _ => _types.Array(_types.Integer(1), (uint)size),
    };

    private void WriteExterns()
    {
        if (_module.Externs.Count == 0)
            return;
        HashSet<string> called = [.. _module.Code.SelectMany(code => code.References.Where(reference => code.Instructions[reference.Slot].IsCall)).Select(reference => reference.Target)];
        List<(int, uint, uint)> symbols = [], configuration = [];
        foreach (AssemblyExtern item in _module.Externs)
        {
            _elf.AddSymbol(item.Name, ElfSymbolType.None, isGlobal: true, section: 0, 0, 0);
            if (item.ConfigSize > 0)
                configuration.Add((_types.Variable(item.Name, ConfigType(item.ConfigSize), BtfLinkage.Extern), 0, (uint)item.ConfigSize));
            else if (called.Contains(item.Name))
                symbols.Add((_types.Function(item.Name, _types.Prototype(_types.Integer(4)), BtfLinkage.Extern), 0, 0));
            else
                symbols.Add((_types.Variable(item.Name, _types.Const(0), BtfLinkage.Extern), 0, 0));
        }
        if (symbols.Count > 0)
            _types.DataSection(".ksyms", 0, symbols);
        if (configuration.Count > 0)
            _types.DataSection(".kconfig", 0, configuration);
    }
}
