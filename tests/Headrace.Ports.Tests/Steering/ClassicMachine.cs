using System.Buffers.Binary;
using Headrace.Bytecode;

namespace Headrace.Ports.Tests.Steering;

/// <summary>The classic machine as the paper describes it, to compare translations with.</summary>
internal static class ClassicMachine
{
    public static uint Run(ReadOnlySpan<ClassicInstruction> filter, ReadOnlySpan<byte> packet)
    {
        uint a = 0, x = 0;
        Span<uint> scratch = stackalloc uint[16];
        for (int pc = 0; ; pc++)
        {
            ClassicInstruction one = filter[pc];
            uint k = one.Value, operand = (one.Code & 8) != 0 ? x : k;
            switch (one.Code)
            {
                case 0x00: a = k; break;
                case 0x01: x = k; break;
                case 0x60: a = scratch[(int)k]; break;
                case 0x61: x = scratch[(int)k]; break;
                case 0x80: a = (uint)packet.Length; break;
                case 0x81: x = (uint)packet.Length; break;
                case 0x02: scratch[(int)k] = a; break;
                case 0x03: scratch[(int)k] = x; break;
                case 0x07: x = a; break;
                case 0x87: a = x; break;
                case 0x06: return k;
                case 0x16: return a;
                case 0x20 or 0x28 or 0x30 or 0x40 or 0x48 or 0x50:
                    long at = (one.Code & 0xe0) == 0x40 ? unchecked(x + k) : k;
                    int size = (one.Code & 0x18) switch { 0 => 4, 8 => 2, _ => 1 };
                    if (at + size > packet.Length)
                        return 0;
                    ReadOnlySpan<byte> bytes = packet[(int)at..];
                    a = size switch { 4 => BinaryPrimitives.ReadUInt32BigEndian(bytes), 2 => BinaryPrimitives.ReadUInt16BigEndian(bytes), _ => bytes[0] };
                    break;
                case 0xb1:
                    if (k >= packet.Length)
                        return 0;
                    x = (uint)(packet[(int)k] & 15) * 4;
                    break;
                case 0x05: pc += (int)k; break;
                case 0x15 or 0x1d: pc += a == operand ? one.JumpTrue : one.JumpFalse; break;
                case 0x25 or 0x2d: pc += a > operand ? one.JumpTrue : one.JumpFalse; break;
                case 0x35 or 0x3d: pc += a >= operand ? one.JumpTrue : one.JumpFalse; break;
                case 0x45 or 0x4d: pc += (a & operand) != 0 ? one.JumpTrue : one.JumpFalse; break;
                case 0x84: a = 0 - a; break;
                default:
                    Assert.Equal(4, one.Code & 7);
                    if ((one.Code & 0xf0) is 0x30 or 0x90 && operand == 0)
                        return 0;
                    a = (one.Code & 0xf0) switch
                    {
                        0x00 => a + operand,
                        0x10 => a - operand,
                        0x20 => a * operand,
                        0x30 => a / operand,
                        0x40 => a | operand,
                        0x50 => a & operand,
                        0x60 => a << (int)operand,
                        0x70 => a >> (int)operand,
                        0x90 => a % operand,
                        0xa0 => a ^ operand,
                        var other => throw new InvalidOperationException($"operation 0x{other:x}"),
                    };
                    break;
            }
        }
    }
}
