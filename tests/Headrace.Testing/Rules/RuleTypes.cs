using System.Globalization;
using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Objects.Writing;

namespace Headrace.Testing.Rules;

/// <summary>Writes the types of a case's functions.</summary>
internal sealed class RuleTypes
{
    private readonly BtfWriter _types = new();
    private readonly int _context;
    private readonly int _dynptr;
    private readonly int _result;

    public RuleTypes(ProgramType type)
    {
        _context = _types.Pointer(_types.Struct(ContextOf(type), 0, []));
        _dynptr = _types.Pointer(_types.Struct("bpf_dynptr", 16, [("__opaque", _types.Array(_types.Integer(8), 2), 0)]));
        _result = _types.Integer(4);
    }

    public byte[] ToBytes() => _types.ToBytes();

    public int Main() => _types.Function("rule", _types.Prototype(_result, ("ctx", _context)), BtfLinkage.Global);

    /// <summary>A function from its prototype: <c>name(int, ctx) void</c>.</summary>
    public int Function(string name, string prototype, BtfLinkage linkage)
    {
        int open = prototype.IndexOf('(', StringComparison.Ordinal), close = prototype.IndexOf(')', StringComparison.Ordinal);
        string[] parameters = prototype[(open + 1)..close].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string returns = prototype[(close + 1)..].Trim();
        int result = returns switch { "void" => 0, "pointer" => _types.Pointer(0), "long" => _types.Integer(8), _ => _result };
        int id = _types.Function(name, _types.Prototype(result, [.. parameters.Select((text, i) => ($"p{i}", TypeOf(text)))]), linkage);
        for (int i = 0; i < parameters.Length; i++)
        {
            foreach (string tag in parameters[i].Split(' ').Where(word => word.StartsWith("arg:", StringComparison.Ordinal)))
                _types.ParameterTag(tag, id, i);
        }
        return id;
    }

    // int, long, ctx, dynptr, void*, mem N; tags stand behind.
    private int TypeOf(string text)
    {
        string[] words = text.Split(' ');
        switch (words[0])
        {
            case "int":
                return _types.Integer(4);
            case "char":
                return _types.Integer(1);
            case "long":
                return _types.Integer(8);
            case "ctx":
                return _context;
            case "dynptr":
                return _dynptr;
            case "void*":
                return _types.Pointer(0);
            case "int*":
                return _types.Pointer(_types.Integer(4));
            case "mem":
                uint size = uint.Parse(words[1], CultureInfo.InvariantCulture);
                return _types.Pointer(_types.Struct($"mem{size}", size, [("bytes", _types.Array(_types.Integer(1), size), 0)]));
            case "struct":
                return _types.Struct("passed", 8, [("value", _types.Integer(8), 0)]);
            default:
                throw new FormatException($"unknown parameter type '{text}'");
        }
    }

    private static string ContextOf(ProgramType type) => type switch
    {
        ProgramType.Xdp => "xdp_md",
        ProgramType.SkMsg => "sk_msg_md",
        ProgramType.RawTracepoint or ProgramType.RawTracepointWritable => "bpf_raw_tracepoint_args",
        ProgramType.SkLookup => "bpf_sk_lookup",
        ProgramType.SkReuseport => "sk_reuseport_md",
        _ => "__sk_buff",
    };
}
