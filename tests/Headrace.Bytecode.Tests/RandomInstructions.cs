namespace Headrace.Bytecode.Tests;

/// <summary>Random instructions of every valid form, with fields at their limits as often as not.</summary>
public sealed class RandomInstructions(int seed)
{
    private static readonly int[] s_edges = [0, 1, -1, 8, 16, 32, 64, 0x41, 0x51, 0xa1, 0xe1, 0xf1, 0x100, 0x110, 0x10000, int.MaxValue, int.MinValue];
    private static readonly short[] s_offsets = [0, 1, 8, 16, 32, -1, short.MaxValue, short.MinValue];
    private static readonly byte[] s_opcodes = [.. Enumerable.Range(0, 256).Select(o => (byte)o).Where(o => OpcodeRules.Of(new Opcode(o)).IsKnown)];
    private readonly Random _random = new(seed);

    /// <summary>A valid instruction: fields are drawn until they fit the opcode.</summary>
    public Instruction Next()
    {
        var opcode = new Opcode(s_opcodes[_random.Next(s_opcodes.Length)]);
        while (true)
        {
            long immediate = _random.Next(2) == 0 ? s_edges[_random.Next(s_edges.Length)] : _random.Next(int.MinValue, int.MaxValue);
            if (opcode.IsWideLoad)
                immediate = _random.Next(2) == 0 ? (uint)immediate : _random.NextInt64(long.MinValue, long.MaxValue);
            short offset = _random.Next(2) == 0 ? s_offsets[_random.Next(s_offsets.Length)] : (short)_random.Next(short.MinValue, short.MaxValue);
            var src = (Register)(_random.Next(2) == 0 ? 0 : _random.Next(11));
            var candidate = new Instruction(opcode, (Register)(_random.Next(4) == 0 ? 0 : _random.Next(11)), src, _random.Next(3) == 0 ? (short)0 : offset, _random.Next(3) == 0 ? 0 : immediate);
            if (InstructionValidator.Check(candidate) is null)
                return candidate;
        }
    }
}
