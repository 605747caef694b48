using Headrace.Bytecode;

namespace Headrace.Engine.Tests;

public class ContextTests
{
    public static TheoryData<EngineKind> All => Engines.All;

    [Theory, MemberData(nameof(All))]
    public void Xdp_sees_the_packet_between_data_and_data_end(EngineKind engine)
    {
        const string Text = """
            r2 = *(u32 *)(r1 +0)
            r3 = *(u32 *)(r1 +4)
            r0 = r3
            r0 -= r2
            r4 = *(u8 *)(r2 +13)
            r0 += r4
            exit
            """;
        byte[] packet = new byte[60];
        packet[13] = 40;
        Assert.Equal(100u, TestProgram.Run(engine, TestProgram.Spec(Text), packet));
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Field_gives_what_the_frame_holds(EngineKind engine, ProgramType type, string load, uint expected) =>
        Assert.Equal(expected, TestProgram.Run(engine, TestProgram.Spec($"r0 = {load}\nexit", type), Packet));

    public static TheoryData<EngineKind, ProgramType, string, uint> Fields
    {
        get
        {
            var rows = new TheoryData<EngineKind, ProgramType, string, uint>();
            foreach (EngineKind engine in Enum.GetValues<EngineKind>())
            {
                rows.Add(engine, ProgramType.Xdp, "*(u32 *)(r1 +12)", 7);
                rows.Add(engine, ProgramType.Xdp, "*(u32 *)(r1 +16)", 3);
                rows.Add(engine, ProgramType.SchedCls, "*(u32 *)(r1 +0)", 64);
                rows.Add(engine, ProgramType.SchedCls, "*(u8 *)(r1 +0)", 64);
                rows.Add(engine, ProgramType.SchedCls, "*(u8 *)(r1 +1)", 0);
                rows.Add(engine, ProgramType.SchedCls, "*(u32 *)(r1 +4)", 1);
                rows.Add(engine, ProgramType.SchedCls, "*(u32 *)(r1 +16)", 0x0608);
                rows.Add(engine, ProgramType.SchedCls, "*(u8 *)(r1 +17)", 0x06);
                rows.Add(engine, ProgramType.SchedCls, "*(u16 *)(r1 +16)", 0x0608);
                rows.Add(engine, ProgramType.SchedCls, "*(u32 *)(r1 +160)", 64);
                rows.Add(engine, ProgramType.SchedCls, "*(u64 *)(r1 +168)", 0);
                rows.Add(engine, ProgramType.SocketFilter, "*(u32 *)(r1 +0)", 64);
                rows.Add(engine, ProgramType.SocketFilter, "*(u32 *)(r1 +16)", 0x0608);
            }
            return rows;
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Scratch_space_keeps_what_is_stored_at_any_width(EngineKind engine)
    {
        const string Text = """
            *(u64 *)(r1 +48) = 7
            *(u8 *)(r1 +49) = 1
            *(u32 *)(r1 +64) = 5
            r0 = *(u32 *)(r1 +48)
            r2 = *(u16 *)(r1 +64)
            r0 += r2
            exit
            """;
        Assert.Equal(0x107u + 5, TestProgram.Run(engine, TestProgram.Spec(Text, ProgramType.SocketFilter)));
    }

    [Theory, MemberData(nameof(All))]
    public void Traffic_control_writes_mark_and_time_stamp(EngineKind engine)
    {
        const string Text = """
            r2 = 9
            *(u32 *)(r1 +8) = r2
            *(u64 *)(r1 +152) = r2
            r0 = *(u32 *)(r1 +8)
            r3 = *(u64 *)(r1 +152)
            r0 += r3
            exit
            """;
        Assert.Equal(18u, TestProgram.Run(engine, TestProgram.Spec(Text, ProgramType.SchedCls)));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Access_the_kernel_refuses_is_a_fault(EngineKind engine, ProgramType type, string access, string reason) =>
        Assert.Equal(reason, TestProgram.Fault(engine, TestProgram.Spec($"r2 = 0\n{access}\nr0 = 0\nexit", type)));

    public static TheoryData<EngineKind, ProgramType, string, string> Refusals
    {
        get
        {
            var rows = new TheoryData<EngineKind, ProgramType, string, string>();
            foreach (EngineKind engine in Enum.GetValues<EngineKind>())
            {
                rows.Add(engine, ProgramType.Xdp, "r0 = *(u64 *)(r1 +0)", "reads 8 bytes at context+0: xdp_md->data is 4 bytes at offset 0");
                rows.Add(engine, ProgramType.Xdp, "r0 = *(u8 *)(r1 +12)", "reads 1 byte at context+12: xdp_md->ingress_ifindex is 4 bytes at offset 12");
                rows.Add(engine, ProgramType.Xdp, "r0 = *(u32 *)(r1 +20)", "reads 4 bytes at context+20: programs of this type have no field of xdp_md there");
                rows.Add(engine, ProgramType.Xdp, "*(u32 *)(r1 +16) = r2", "writes 4 bytes at context+16: xdp_md->rx_queue_index is read-only for this program type");
                rows.Add(engine, ProgramType.SocketFilter, "r0 = *(u32 *)(r1 +76)", "reads 4 bytes at context+76: programs of this type have no field of __sk_buff there");
                rows.Add(engine, ProgramType.SocketFilter, "*(u32 *)(r1 +8) = r2", "writes 4 bytes at context+8: __sk_buff->mark is read-only for this program type");
                rows.Add(engine, ProgramType.SchedCls, "*(u16 *)(r1 +8) = r2", "writes 2 bytes at context+8: __sk_buff->mark is 4 bytes at offset 8");
                rows.Add(engine, ProgramType.SchedCls, "r0 = *(u32 *)(r1 +18)", "reads 4 bytes at context+18: __sk_buff->protocol is 4 bytes at offset 16");
            }
            return rows;
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Legacy_access_reads_big_endian_and_ends_the_program_outside_of_the_packet(EngineKind engine)
    {
        const string Inside = """
            r6 = r1
            r7 = 10
            r0 = *(u16 *)skb[12]
            r8 = r0
            r0 = *(u8 *)skb[r7 + 3]
            r8 += r0
            r0 = *(u16 *)skb[-2097140]
            r0 += r8
            exit
            """;
        Assert.Equal(0x0806u * 2 + 0x06, TestProgram.Run(engine, TestProgram.Spec(Inside, ProgramType.SocketFilter), Packet));
        const string Outside = """
            r6 = r1
            r0 = 5
            r0 = *(u32 *)skb[61]
            r0 = 6
            exit
            """;
        Assert.Equal(0u, TestProgram.Run(engine, TestProgram.Spec(Outside, ProgramType.SocketFilter), Packet));
    }

    // Broadcast ARP.
    private static byte[] Packet
    {
        get
        {
            byte[] packet = new byte[64];
            packet.AsSpan(0, 6).Fill(0xff);
            packet[12] = 0x08;
            packet[13] = 0x06;
            return packet;
        }
    }
}
