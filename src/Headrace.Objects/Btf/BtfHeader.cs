namespace Headrace.Objects;

/// <summary>Writes types as a C header that a compiler lays out exactly as BTF says: a <c>vmlinux.h</c>.</summary>
/// <remarks>
/// What another definition needs comes before it: structs that are only pointed to are declared, not defined, until it is their turn.
/// Functions and variables are left out.
/// </remarks>
public sealed class BtfHeader
{
    private const int MaxDepth = 200;
    private const long StepsPerByte = 16;

    private readonly Btf _types;
    private readonly TextWriter _output;
    private readonly BtfHeaderNames _names;
    private readonly BtfFormatter _formatter;
    private readonly Progress[] _progress;
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);
    private long _stepsLeft;
    private int _depth;

    private BtfHeader(Btf types, TextWriter output)
    {
        _types = types;
        _output = output;
        _names = new BtfHeaderNames(types);
        _formatter = new BtfFormatter(types) { Header = _names };
        _progress = new Progress[types.Count];
        _stepsLeft = (1 << 12) + (StepsPerByte * (types.Raw.Length + (types.Base?.Raw.Length ?? 0)));
    }

    private enum Progress : byte
    {
        Untouched,
        Begun,
        Done,
    }

    /// <summary>Writes a header.</summary>
    /// <param name="types">The types.</param>
    /// <param name="output">Where the text goes.</param>
    /// <param name="roots">The ids of the types that are wanted, with what they need; null for all that are <paramref name="types"/>' own.</param>
    /// <exception cref="ObjectException">The types loop or are hostile; a part is written then.</exception>
    public static void Write(Btf types, TextWriter output, IReadOnlyCollection<int>? roots = null)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(output);
        // The guard and the switch have the names that bpftool gave them: programs rely on both.
        output.Write("#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\n");
        output.Write("#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\n#endif\n\n");
        new BtfHeader(types, output).WriteTypes(roots);
        output.Write("#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n#pragma clang attribute pop\n#endif\n\n#endif /* __VMLINUX_H__ */\n");
    }

    private void WriteTypes(IReadOnlyCollection<int>? roots)
    {
        if (roots is not null)
        {
            foreach (int id in roots)
                Need(id, whole: true, inside: 0);
            return;
        }
        HashSet<int> used = AnonymousEnumsInUse();
        for (int id = _types.FirstOwnId; id < _types.Count; id++)
        {
            bool wanted = _types[id] switch
            {
                BtfEnum { Name: "" } => !used.Contains(id),
                BtfComposite { Name: "" } => false,
                BtfComposite or BtfEnum or BtfForward => true,
                { Kind: BtfKind.Typedef } => true,
                _ => false,
            };
            if (wanted)
                Need(id, whole: true, inside: 0);
        }
    }

    // Those that something else writes out in its place.
    private HashSet<int> AnonymousEnumsInUse()
    {
        HashSet<int> used = [];
        void Use(int id)
        {
            if (_types[id] is BtfEnum { Name: "" })
                used.Add(id);
        }
        for (int id = _types.FirstOwnId; id < _types.Count; id++)
        {
            switch (_types[id])
            {
                case BtfComposite composite:
                    foreach (BtfMember member in composite.Members)
                        Use(member.TypeId);
                    break;
                case BtfArray array:
                    Use(array.ElementTypeId);
                    break;
                case var type when type.IsModifier || type is BtfPointer:
                    Use(type.Target);
                    break;
            }
        }
        return used;
    }

    /// <summary>Writes what must stand in front of a use of a type.</summary>
    /// <param name="id">The type.</param>
    /// <param name="whole">True where its size must be known, false where its name is enough.</param>
    /// <param name="inside">The struct whose body the use stands in: its name is known there.</param>
    private void Need(int id, bool whole, int inside)
    {
        if (--_stepsLeft < 0 || ++_depth > MaxDepth)
            throw _types.Error("the types need each other so deeply or so often that no header can be written: they are damaged or hostile");
        BtfType type = _types[id];
        switch (type)
        {
            case BtfPointer:
                Need(type.Target, false, inside);
                break;
            case BtfArray array:
                Need(array.ElementTypeId, true, inside);
                break;
            case BtfPrototype prototype:
                Need(prototype.ReturnTypeId, false, inside);
                foreach (BtfParameter parameter in prototype.Parameters)
                    Need(parameter.TypeId, false, inside);
                break;
            case BtfModifier { Kind: BtfKind.Typedef } typedef:
                NeedTypedef(id, typedef, whole);
                break;
            case { IsModifier: true }:
                Need(type.Target, whole, inside);
                break;
            case BtfComposite { Name: "" } composite:
                NeedMembers(composite, inside);
                break;
            case BtfComposite composite when whole:
                Define(id, composite);
                break;
            case BtfComposite or BtfForward when id != inside:
                Declare(id, type);
                break;
            case BtfEnum @enum:
                DefineEnum(id, @enum, whole);
                break;
            default:
                break;
        }
        _depth--;
    }

    private void NeedMembers(BtfComposite composite, int inside)
    {
        foreach (BtfMember member in composite.Members)
            Need(member.TypeId, true, inside);
    }

    private void NeedTypedef(int id, BtfModifier typedef, bool whole)
    {
        if (_progress[id] == Progress.Untouched)
        {
            _progress[id] = Progress.Begun;
            // A typedef declares the struct it names; and that struct may use the typedef, so its body comes later.
            Need(typedef.TypeId, false, inside: typedef.TypeId);
            // The compiler has this one already.
            if (typedef.Name != "__builtin_va_list")
                Write(id);
            _progress[id] = Progress.Done;
        }
        if (whole)
            Need(typedef.TypeId, true, 0);
    }

    private void Define(int id, BtfComposite composite)
    {
        if (_progress[id] != Progress.Untouched)
            return;
        _progress[id] = Progress.Begun;
        NeedMembers(composite, id);
        Write(id);
        _declared.Add(TagOf(id, composite.Kind == BtfKind.Union));
        _progress[id] = Progress.Done;
    }

    private void Declare(int id, BtfType type)
    {
        string tag = TagOf(id, type is BtfForward { IsUnion: true } or { Kind: BtfKind.Union });
        if (_declared.Add(tag))
            _output.Write($"{tag};\n\n");
    }

    private string TagOf(int id, bool isUnion) => (isUnion ? "union " : "struct ") + _names.NameOf(id);

    private void DefineEnum(int id, BtfEnum @enum, bool whole)
    {
        // Without a name it is written out where it is used; asked for by itself, it has no other place.
        bool alone = _depth == 1 && whole && _names.MayWriteOut(id);
        if (_progress[id] != Progress.Untouched || (@enum.Name.Length == 0 && !alone))
            return;
        _progress[id] = Progress.Done;
        Write(id);
    }

    private void Write(int id)
    {
        _output.Write(_formatter.Define(id));
        _output.Write(";\n\n");
    }
}
