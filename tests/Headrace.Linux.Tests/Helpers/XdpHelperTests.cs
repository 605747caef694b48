using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Helpers;

public class XdpHelperTests
{
    // R1 to R5 of a call come from the packet behind its first 14 bytes; R0 goes to the results.
    private const string LoadPacket = """
        r6 = r1
        r7 = *(u32 *)(r6 +0)
        r2 = *(u32 *)(r6 +4)
        r0 = 2
        r3 = r7
        r3 += 54
        if r3 > r2 goto out
        """;

    private const string SaveResult = """
        r1 = map[out][0]+0 ll
        *(u64 *)(r1 +0) = r0
        r0 = 2
        out: exit
        """;

    private static readonly int[] s_deltas =
    [
        0, 1, -1, 4, -4, 14, -14, 16, 40, 45, 46, 47, 50, 100, -100, -212, -213, -214, -215, -216, -217, -220, -252, -256, -257,
        3000, 3356, 3400, 3600, 3700, 3765, 3766, 3767, 4000, 65536, int.MaxValue, int.MinValue,
    ];

    [Theory]
    [InlineData("xdp_adjust_head")]
    [InlineData("xdp_adjust_tail")]
    [InlineData("xdp_adjust_meta")]
    public void Ends_move_as_far_as_in_the_kernel(string helper)
    {
        using var trial = new HelperTrial($"""
            {LoadPacket}
            r2 = *(s32 *)(r7 +14)
            r1 = r6
            call {helper}
            {SaveResult}
            """);
        foreach (int length in new[] { 54, 60, 64, 1500 })
        {
            foreach (int delta in (int[])[.. s_deltas, length - 14, length - 13, 14 - length, 13 - length, 3520 - length, 3521 - length, 3776 - length, 3777 - length])
            {
                byte[] packet = Packet(length);
                BitConverter.TryWriteBytes(packet.AsSpan(14), delta);
                trial.Agree(packet, $"delta {delta}");
            }
        }
    }

    [Fact]
    public void Metadata_moves_along_with_the_head()
    {
        using var trial = new HelperTrial($"""
            {LoadPacket}
            r8 = *(s32 *)(r7 +14)
            r9 = *(s32 *)(r7 +18)
            r2 = r8
            r1 = r6
            call xdp_adjust_meta
            r1 = map[out][0]+8 ll
            *(u64 *)(r1 +0) = r0
            r1 = *(u32 *)(r6 +8)
            r2 = *(u32 *)(r6 +0)
            r3 = r1
            r3 += 4
            if r3 > r2 goto move
            *(u32 *)(r1 +0) = 1128415553
            move:
            r2 = r9
            r1 = r6
            call xdp_adjust_head
            r5 = map[out][0]+16 ll
            r1 = *(u32 *)(r6 +8)
            r2 = *(u32 *)(r6 +0)
            r3 = r1
            r3 += 4
            if r3 > r2 goto end
            r4 = *(u32 *)(r1 +0)
            *(u64 *)(r5 +0) = r4
            end:
            {SaveResult}
            """);
        foreach (int meta in new[] { 0, -4, -8, -32, -100, -252, -256, -3, 4 })
        {
            foreach (int head in new[] { 0, 4, -4, 20, -100, -116, -120, -208, -212, -216 })
            {
                byte[] packet = Packet(100);
                BitConverter.TryWriteBytes(packet.AsSpan(14), meta);
                BitConverter.TryWriteBytes(packet.AsSpan(18), head);
                trial.Agree(packet, $"meta {meta} head {head}");
            }
        }
    }

    [Theory]
    [InlineData("xdp_load_bytes", 8)]
    [InlineData("xdp_load_bytes", 64)]
    [InlineData("xdp_store_bytes", 8)]
    [InlineData("xdp_store_bytes", 64)]
    public void Bytes_are_copied_within_the_packet_only(string helper, int size)
    {
        using var trial = new HelperTrial($"""
            {LoadPacket}
            r2 = *(u32 *)(r7 +14)
            r1 = r6
            r3 = map[out][0]+8 ll
            r4 = {size}
            call {helper}
            {SaveResult}
            """);
        foreach (int offset in new[] { 0, 1, 14, 36, 37, 92, 93, 100, 101, 0xffff, 0x10000, -1, int.MinValue })
        {
            byte[] packet = Packet(100);
            BitConverter.TryWriteBytes(packet.AsSpan(14), offset);
            trial.Agree(packet, $"offset {offset}");
        }
    }

    [Fact]
    public void The_buffer_has_the_packets_length()
    {
        using var trial = new HelperTrial($"{LoadPacket}\nr1 = r6\ncall xdp_get_buff_len\n{SaveResult}");
        foreach (int length in new[] { 54, 60, 1000, 1514 })
            trial.Agree(Packet(length));
    }

    [Theory]
    [InlineData(MapType.DevMap)]
    [InlineData(MapType.DevMapHash)]
    [InlineData(MapType.CpuMap)]
    [InlineData(MapType.XskMap)]
    public void Redirects_through_maps_answer_by_their_flags(MapType type)
    {
        var map = new MapSpec { Name = "targets", Type = type, KeySize = 4, ValueSize = 4, MaxEntries = 4 };
        if (type is MapType.DevMap or MapType.DevMapHash)
            map.Entries.Add(new([1, 0, 0, 0], [1, 0, 0, 0]));
        else if (type == MapType.CpuMap)
            map.Entries.Add(new([0, 0, 0, 0], [64, 0, 0, 0]));
        using var trial = new HelperTrial($"""
            {LoadPacket}
            r1 = map[targets] ll
            r2 = *(u64 *)(r7 +14)
            r3 = *(u64 *)(r7 +22)
            call redirect_map
            r1 = map[out][0]+0 ll
            *(u64 *)(r1 +0) = r0
            out: exit
            """, ProgramType.Xdp, null, null, map);
        foreach (ulong key in new ulong[] { 0, 1, 2, 4, 0x1_0000_0001, ulong.MaxValue })
        {
            foreach (ulong flags in new ulong[] { 0, 1, 2, 3, 4, 8, 9, 16, 24, 27, 32, 0x1_0000_0000 })
            {
                byte[] packet = Packet(64);
                BitConverter.TryWriteBytes(packet.AsSpan(14), key);
                BitConverter.TryWriteBytes(packet.AsSpan(22), flags);
                trial.Agree(packet, $"key {key} flags {flags}");
            }
        }
    }

    [Fact]
    public void Redirects_to_interfaces_answer_by_their_flags()
    {
        using var trial = new HelperTrial($"""
            {LoadPacket}
            r1 = 1
            r2 = *(u64 *)(r7 +14)
            call redirect
            out: exit
            """);
        foreach (ulong flags in new ulong[] { 0, 1, 2, 0x1_0000_0000 })
        {
            byte[] packet = Packet(64);
            BitConverter.TryWriteBytes(packet.AsSpan(14), flags);
            trial.Agree(packet, $"flags {flags}");
        }
    }

    [Fact]
    public void Mtu_checks_answer_as_for_the_loopback_interface()
    {
        var routes = new RouteTable();
        routes.Add(new RouteInterface(1, new([0, 0, 0, 0, 0, 0]), 65536));
        using var trial = new HelperTrial($"""
            {LoadPacket}
            r1 = *(u32 *)(r7 +26)
            *(u32 *)(r10 -4) = r1
            r2 = *(u32 *)(r7 +14)
            r3 = r10
            r3 += -4
            r4 = *(s32 *)(r7 +18)
            r5 = *(u32 *)(r7 +22)
            r1 = r6
            call check_mtu
            r1 = *(u32 *)(r10 -4)
            r2 = map[out][0]+8 ll
            *(u32 *)(r2 +0) = r1
            {SaveResult}
            """, options: new MachineOptions { Routes = routes });
        foreach (int index in new[] { 0, 1, 4000 })
        {
            foreach (int difference in new[] { 0, 10, -100, -1000, 65486, 65487, 70000 })
            {
                foreach (int flags in new[] { 0, 1 })
                {
                    foreach (int length in new[] { 0, 20, 65536, 65537 })
                    {
                        byte[] packet = Packet(64);
                        BitConverter.TryWriteBytes(packet.AsSpan(14), index);
                        BitConverter.TryWriteBytes(packet.AsSpan(18), difference);
                        BitConverter.TryWriteBytes(packet.AsSpan(22), flags);
                        BitConverter.TryWriteBytes(packet.AsSpan(26), length);
                        trial.Agree(packet, $"index {index} difference {difference} flags {flags} length {length}");
                    }
                }
            }
        }
    }

    private static byte[] Packet(int length)
    {
        byte[] packet = new byte[length];
        for (int i = 0; i < length; i++)
            packet[i] = (byte)(i * 7 + 1);
        return packet;
    }
}
