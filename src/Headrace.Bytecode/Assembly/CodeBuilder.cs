namespace Headrace.Bytecode;

/// <summary>Gathers the instructions of a section, slot by slot, with the names they refer to.</summary>
internal sealed class CodeBuilder
{
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private int _rawWide = -1;

    /// <summary>The instructions by slot.</summary>
    public List<Instruction> Slots { get; } = [];

    /// <summary>The operands that still have to be resolved; labels leave when their scope is closed.</summary>
    public List<(int Slot, ParsedInstruction Parsed, TokenReader Reader)> Pending { get; } = [];

    /// <summary>The labels of the open scope.</summary>
    public IReadOnlyDictionary<string, int> Labels => _labels;

    /// <summary>Appends an instruction.</summary>
    public void Add(ParsedInstruction parsed, TokenReader reader)
    {
        if (parsed.Operand != OperandKind.None)
            Pending.Add((Slots.Count, parsed, reader));
        Slots.Add(parsed.Instruction);
        if (parsed.Instruction.Opcode.IsWideLoad)
            Slots.Add(Instruction.WideTail);
    }

    /// <summary>Appends one slot given as a number, least significant byte first; it is not checked.</summary>
    public void AddRaw(TokenReader reader)
    {
        Token token = reader.Next;
        ulong number = reader.ExpectUnsigned("the 8 bytes of an instruction as one number, such as 0x0000000200000095");
        reader.ExpectEnd();
        int immediate = (int)(number >> 32);
        var instruction = new Instruction(new Opcode((byte)number), (Register)((number >> 8) & 15), (Register)((number >> 12) & 15), (short)(number >> 16), immediate);
        if (_rawWide == Slots.Count - 1 && _rawWide >= 0)
        {
            if (instruction with { Immediate = 0 } != Instruction.WideTail)
                throw reader.Error(token, "the second slot of a 64-bit immediate must be zero but for its immediate");
            Slots[^1] = Slots[^1] with { Immediate = (long)((uint)Slots[^1].Imm32 | ((ulong)(uint)immediate << 32)) };
            Slots.Add(Instruction.WideTail);
            _rawWide = -1;
            return;
        }
        if (instruction.Opcode.IsWideLoad)
            _rawWide = Slots.Count;
        Slots.Add(instruction);
    }

    /// <summary>Defines a label at the next slot.</summary>
    public void Label(string name, TokenReader reader, Token token)
    {
        if (!_labels.TryAdd(name, Slots.Count))
            throw reader.Error(token, $"label '{name}' is defined already");
    }

    /// <summary>Ends the scope of the labels: every jump to one of them gets its distance.</summary>
    public void CloseScope()
    {
        for (int i = Pending.Count - 1; i >= 0; i--)
        {
            (int slot, ParsedInstruction parsed, TokenReader reader) = Pending[i];
            if (parsed.Operand != OperandKind.Label)
                continue;
            if (!_labels.TryGetValue(parsed.Name, out int target))
                throw reader.Error(parsed.Token, $"label '{parsed.Name}' is not defined{Known(_labels.Keys)}");
            Slots[slot] = Jump(parsed, target - slot - 1, reader);
            Pending.RemoveAt(i);
        }
        _labels.Clear();
    }

    /// <summary>The end of a message about an unknown name: the names there are.</summary>
    public static string Known(IEnumerable<string> names)
    {
        string list = string.Join(", ", names.Take(12));
        return list.Length == 0 ? "" : $"; there are: {list}";
    }

    private static Instruction Jump(ParsedInstruction parsed, int distance, TokenReader reader)
    {
        Instruction jump = parsed.Instruction;
        if (jump.Opcode.JumpOp == JumpOp.Ja && jump.Opcode.Is32)
            return jump with { Immediate = distance };
        return distance is >= short.MinValue and <= short.MaxValue
            ? jump with { Offset = (short)distance }
            : throw reader.Error(parsed.Token, $"'{parsed.Name}' is {distance} instructions away: a jump reaches 32767, gotol reaches further");
    }
}
