namespace Headrace.Bytecode;

/// <summary>Reads a whole object: directives choose what the lines between them mean.</summary>
internal sealed class ModuleParser(string source)
{
    private const string DefaultSection = "xdp";

    private readonly AssemblyModule _module = new() { Source = source };
    private readonly Dictionary<string, CodeSectionBuilder> _code = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DataBuilder> _data = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly HashSet<string> _globals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Token> _defined = new(StringComparer.Ordinal);
    private CodeSectionBuilder? _openCode;
    private DataBuilder? _openData;

    /// <summary>Reads the text.</summary>
    public AssemblyModule Parse(string text)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> span in text.AsSpan().EnumerateLines())
        {
            string line = span.ToString();
            var reader = new TokenReader(Lexer.Read(line, source, ++number), source, number);
            ReadLabels(reader);
            if (!reader.AtEnd && !TryReadDirective(reader))
                ReadContent(reader, number, line);
        }
        foreach (string name in _order)
        {
            if (_data.TryGetValue(name, out DataBuilder? data))
                _module.Data.Add(data.Build(_globals));
        }
        foreach (CodeSectionBuilder code in _order.Where(_code.ContainsKey).Select(name => _code[name]))
            code.Code.CloseScope();
        var resolver = new ReferenceResolver(_module, [.. _order.Where(_code.ContainsKey).Select(name => _code[name])]);
        resolver.Resolve();
        return _module;
    }

    private void ReadLabels(TokenReader reader)
    {
        while (!reader.AtEnd && reader.Second.Is(":"))
        {
            Token token = reader.Next;
            string name = reader.ExpectName("a label");
            reader.Expect(":");
            if (_openData is not null)
            {
                Define(name, token, reader);
                _openData.Start(name);
            }
            else if (OpenCode() is { HasFunction: false } section)
            {
                Define(name, token, reader);
                section.Start(name, isGlobal: true);
            }
            else
            {
                OpenCode().Code.Label(name, reader, token);
            }
        }
    }

    private bool TryReadDirective(TokenReader reader)
    {
        Token token = reader.Next;
        switch (token.Kind == TokenKind.Word ? token.Text : "")
        {
            case ".license" or ".licence":
                reader.Take();
                _module.License = reader.ExpectName("the licence, such as \"GPL\"");
                break;
            case ".section":
                reader.Take();
                OpenSection(reader);
                break;
            case ".func":
                reader.Take();
                ReadFunction(reader);
                break;
            case ".global" or ".globl":
                reader.Take();
                _globals.Add(reader.ExpectName("a variable"));
                break;
            case ".extern":
                reader.Take();
                Token name = reader.Next;
                _module.Externs.Add(ReadExtern(reader));
                Define(_module.Externs[^1].Name, name, reader);
                break;
            case ".map":
                reader.Take();
                Token map = reader.Next;
                _module.Maps.Add(MapParser.ReadMap(reader));
                Define(_module.Maps[^1].Name, map, reader);
                break;
            case ".inner":
                reader.Take();
                MapParser.ReadInner(reader, _module.Maps);
                break;
            case ".entry":
                reader.Take();
                MapParser.ReadEntry(reader, _module.Maps);
                break;
            default:
                return false;
        }
        reader.ExpectEnd();
        return true;
    }

    private static AssemblyExtern ReadExtern(TokenReader reader)
    {
        string name = reader.ExpectName("a kernel function or variable");
        if (!reader.TryTakeWord("kconfig"))
            return new AssemblyExtern(name);
        Token token = reader.Next;
        int size = (int)reader.ExpectNumber("a size in bytes", 1, 4096);
        return size is 1 or 2 or 4 or 8 || name.StartsWith("CONFIG_", StringComparison.Ordinal)
            ? new AssemblyExtern(name, size)
            : throw reader.Error(token, $"a size of 1, 2, 4 or 8 bytes was expected, not {size}");
    }

    private void OpenSection(TokenReader reader)
    {
        Token token = reader.Next;
        string name = reader.ExpectName("a section such as xdp, tc, .text, .data");
        bool isData = reader.TryTakeWord("data") || AssemblyData.IsDataName(name);
        switch (name)
        {
            case "license" or ".maps" or "maps":
                throw reader.Error(token, $"section '{name}' is written by the assembler: use {(name == "license" ? ".license \"GPL\"" : ".map NAME type=hash ...")}");
        }
        _openCode = null;
        _openData = null;
        if (isData)
        {
            if (!_data.TryGetValue(name, out _openData))
                _data.Add(name, _openData = new DataBuilder(name));
        }
        else if (!_code.TryGetValue(name, out _openCode))
        {
            _code.Add(name, _openCode = new CodeSectionBuilder(name));
        }
        if (!_order.Contains(name))
            _order.Add(name);
    }

    private void ReadFunction(TokenReader reader)
    {
        Token token = reader.Next;
        string name = reader.ExpectName("the function's name");
        bool isStatic = reader.TryTakeWord("static");
        if (!isStatic)
            reader.TryTakeWord("global");
        if (_openData is not null)
            throw reader.Error(token, $"section '{_openData.Name}' is for data: open a code section first, such as '.section xdp'");
        Define(name, token, reader);
        OpenCode().Start(name, !isStatic);
    }

    private void ReadContent(TokenReader reader, int number, string line)
    {
        if (_openData is not null)
        {
            if (!_openData.TryRead(reader))
                throw reader.Expected("data (.u8, .u16, .u32, .u64, .string, .ascii, .hex, .zero, .align, .end), a label or a directive");
            return;
        }
        CodeSectionBuilder section = OpenCode();
        if (!section.HasFunction)
        {
            string name = string.Concat(section.Name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
            Define(name, reader.Next, reader);
            section.Start(name, isGlobal: true);
        }
        section.At(number, line);
        if (reader.TryTakeWord(".raw"))
            section.Code.AddRaw(reader);
        else
            section.Code.Add(new InstructionParser(reader).Read(), reader);
    }

    private CodeSectionBuilder OpenCode()
    {
        if (_openCode is not null)
            return _openCode;
        if (!_code.TryGetValue(DefaultSection, out _openCode))
        {
            _code.Add(DefaultSection, _openCode = new CodeSectionBuilder(DefaultSection));
            _order.Add(DefaultSection);
        }
        return _openCode;
    }

    private void Define(string name, Token token, TokenReader reader)
    {
        if (!_defined.TryAdd(name, token))
            throw reader.Error(token, $"'{name}' is defined already");
    }
}
