using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>
/// Instructions in front of a program that put its packet back: what the run before added to or took off its head, then its first bytes. The
/// kernel's repeated test runs do not do that. Both sides run them, and both are taken net of a program of these instructions alone.
/// </summary>
internal static class PacketRestorer
{
    // Ethernet, IPv4 and a transport header.
    private const int Restored = 14 + 20 + 8;

    private const short DataField = 0, EndField = 4; // struct xdp_md, include/uapi/linux/bpf.h

    /// <summary>Puts the instructions in front of a program without functions of its own.</summary>
    public static void Prepend(CollectionSpec spec, string program, byte[] packet)
    {
        ProgramSpec old = spec.Programs[program];
        if (old.Functions.Count > 1 || old.CoreRelocations.Count > 0 || old.Kfuncs.Count > 0)
            throw new HeadraceException($"{program}: instructions can only be put in front of a program that is one function and needs no relocation");
        Instruction[] instructions = Instructions(packet);
        spec.Programs[spec.Programs.IndexOf(old)] = new ProgramSpec
        {
            Name = old.Name,
            Section = old.Section,
            Type = old.Type,
            ExpectedAttachType = old.ExpectedAttachType,
            Flags = old.Flags,
            License = old.License,
            AutoLoad = old.AutoLoad,
            Instructions = [.. instructions, .. old.Instructions],
        };
    }

    /// <summary>The empty program: it only returns, after putting the packet back where the measured one does.</summary>
    public static CollectionSpec Empty(byte[]? restored)
    {
        var spec = new CollectionSpec { Source = "empty" };
        spec.Programs.Add(new ProgramSpec
        {
            Name = "empty",
            Type = ProgramType.Xdp,
            License = "GPL",
            Instructions = [.. restored is null ? [] : Instructions(restored), Instruction.Mov(Register.R0, (int)XdpAction.Drop), Instruction.Exit()],
        });
        return spec;
    }

    private static Instruction[] Instructions(byte[] packet)
    {
        // Word by word as headers are read: a load of more than one store's bytes would wait for both.
        List<Instruction> stores = [];
        int[] sizes = [8, 4, 2, .. Enumerable.Repeat(4, (Restored - 14) / 4)];
        int offset = 0;
        foreach (int size in sizes)
        {
            if (size == 8)
            {
                stores.AddRange(Instruction.LoadWide(Register.R5, BinaryPrimitives.ReadInt64LittleEndian(packet)));
                stores.Add(Instruction.Store(AccessSize.Double, Register.R2, (short)offset, Register.R5));
            }
            else
            {
                int value = size == 4 ? BinaryPrimitives.ReadInt32LittleEndian(packet.AsSpan(offset)) : BinaryPrimitives.ReadInt16LittleEndian(packet.AsSpan(offset));
                stores.Add(Instruction.Store(size == 4 ? AccessSize.Word : AccessSize.Half, Register.R2, (short)offset, value));
            }
            offset += size;
        }
        return
        [
            Instruction.Mov(Register.R6, Register.R1),
            Instruction.Load(AccessSize.Word, Register.R2, Register.R1, EndField),
            Instruction.Load(AccessSize.Word, Register.R3, Register.R1, DataField),
            Instruction.Alu64(AluOp.Sub, Register.R2, Register.R3),
            Instruction.Add(Register.R2, -packet.Length),
            Instruction.Call(HelperId.XdpAdjustHead),
            Instruction.Load(AccessSize.Word, Register.R2, Register.R6, DataField),
            Instruction.Load(AccessSize.Word, Register.R3, Register.R6, EndField),
            Instruction.Mov(Register.R4, Register.R2),
            Instruction.Add(Register.R4, Restored),
            Instruction.Jump(JumpOp.Jgt, Register.R4, Register.R3, (short)stores.Count),
            .. stores,
            Instruction.Mov(Register.R1, Register.R6),
        ];
    }
}
