namespace Headrace.Objects.Core;

/// <summary>A way through a type of one BTF: from a root by named members and element numbers to a field, or to a constant of an enum.</summary>
internal sealed class CorePath(Btf types, int rootId)
{
    private const int MaxSteps = 64; // BPF_CORE_SPEC_MAX_LEN, tools/lib/bpf/relo_core.h

    public Btf Types { get; } = types;

    /// <summary>The type it starts from, as the relocation names it.</summary>
    public int RootId { get; } = rootId;

    /// <summary>The steps; anonymous members take none, as another version of the type may have others.</summary>
    public List<CoreStep> Steps { get; } = [];

    /// <summary>Where the field lies, in bits from the root.</summary>
    public long BitOffset { get; set; }

    /// <summary>The last step.</summary>
    public CoreStep Last => Steps[^1];

    /// <summary>Reads the way that a relocation of the object describes.</summary>
    /// <exception cref="ObjectException">It does not fit its type.</exception>
    public static CorePath Parse(Btf types, CoreRelocation relocation)
    {
        var path = new CorePath(types, relocation.TypeId);
        if (CoreKinds.IsType(relocation.Kind))
        {
            return relocation.Access == "0" ? path : throw path.Error(relocation.Access, "a relocation of a type has no way through it but 0");
        }
        int[] numbers = path.Numbers(relocation.Access);
        int id = types.SkipModifiers(relocation.TypeId);
        if (CoreKinds.IsEnumValue(relocation.Kind))
        {
            if (numbers.Length != 1 || types[id] is not BtfEnum @enum || numbers[0] >= @enum.Values.Length)
                throw path.Error(relocation.Access, "it names no constant of an enum");
            path.Steps.Add(new CoreStep(id, numbers[0], @enum.Values[numbers[0]].Name));
            return path;
        }
        path.Steps.Add(new CoreStep(id, numbers[0], null));
        path.Advance(numbers[0], types.SizeOf(id));
        foreach (int number in numbers.AsSpan(1))
            id = path.StepInto(types.SkipModifiers(id), number, relocation.Access);
        return path;
    }

    /// <summary>Moves by a number of elements.</summary>
    public void Advance(int count, long size)
    {
        Int128 bits = BitOffset + ((Int128)count * size * 8);
        if (bits > int.MaxValue * 8L)
            throw Types.Error($"an element {count} of {size} bytes lies beyond every program's reach");
        BitOffset = (long)bits;
    }

    /// <summary>True when the array reached by the last step is one at a struct's end without a length.</summary>
    public bool EndsInFlexible(BtfArray array) =>
        array.Count == 0 && Last.Name is not null && Types[Last.TypeId] is BtfComposite composite && Last.Index == composite.Members.Length - 1;

    private int StepInto(int id, int number, string access)
    {
        switch (Types[id])
        {
            case BtfComposite composite when number < composite.Members.Length:
                BtfMember member = composite.Members[number];
                BitOffset += member.BitOffset;
                if (member.Name.Length > 0)
                    Steps.Add(new CoreStep(id, number, member.Name));
                return member.TypeId;
            case BtfArray array when number < array.Count || EndsInFlexible(array):
                int element = Types.SkipModifiers(array.ElementTypeId);
                Steps.Add(new CoreStep(element, number, null));
                Advance(number, Types.SizeOf(element));
                return element;
            default:
                throw Error(access, $"its step {number} does not fit {Types[id].Kind} '{Types[id].Name}'");
        }
    }

    private int[] Numbers(string access)
    {
        string[] parts = access.Length <= MaxSteps * 11 ? access.Split(':') : throw Error("...", "it is too long");
        int[] numbers = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts.Length > MaxSteps || !int.TryParse(parts[i], System.Globalization.NumberStyles.None, null, out numbers[i]))
                throw Error(access, $"it is no list of up to {MaxSteps} numbers with colons");
        }
        return numbers;
    }

    private ObjectException Error(string access, string reason) => Types.Error($"CO-RE access '{access}' of type {RootId} ('{Types[RootId].Name}'): {reason}");
}
