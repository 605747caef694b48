using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Linux.Tests.Helpers;

public class SkbHelperTests
{
    // The arguments come from the packet behind its IPv4 header; the result of the call goes to the results.
    private const string LoadPacket = """
        r6 = r1
        r7 = *(u32 *)(r6 +76)
        r2 = *(u32 *)(r6 +80)
        r0 = 2
        r3 = r7
        r3 += 62
        if r3 > r2 goto out
        r2 = *(u32 *)(r7 +34)
        r3 = *(u32 *)(r7 +38)
        r4 = *(u64 *)(r7 +42)
        r1 = r6
        """;

    private const string SaveResult = """
        r1 = map[out][0]+0 ll
        *(u64 *)(r1 +0) = r0
        r2 = *(u32 *)(r6 +0)
        *(u64 *)(r1 +8) = r2
        r2 = *(u32 *)(r6 +16)
        *(u64 *)(r1 +16) = r2
        r2 = *(u32 *)(r6 +20)
        *(u64 *)(r1 +24) = r2
        r2 = *(u32 *)(r6 +24)
        *(u64 *)(r1 +32) = r2
        r2 = *(u32 *)(r6 +28)
        *(u64 *)(r1 +40) = r2
        r2 = *(u32 *)(r6 +4)
        *(u64 *)(r1 +48) = r2
        r0 = 2
        out: exit
        """;

    [Fact]
    public void The_head_grows_as_in_the_kernel() =>
        Compare("r3 = 0\ncall skb_change_head", [(0, 0, 0), (1, 0, 0), (14, 0, 0), (32, 0, 0), (1000, 0, 0), (20000, 0, 0), (uint.MaxValue, 0, 0)]);

    [Fact]
    public void The_tail_moves_as_in_the_kernel() =>
        Compare("r3 = 0\ncall skb_change_tail", [(100, 0, 0), (62, 0, 0), (34, 0, 0), (14, 0, 0), (13, 0, 0), (0, 0, 0), (1500, 0, 0), (20000, 0, 0)]);

    [Fact]
    public void Flags_of_head_and_tail_are_refused()
    {
        Compare("call skb_change_head", [(4, 1, 0)]);
        Compare("call skb_change_tail", [(64, 1, 0)]);
    }

    [Fact]
    public void Data_is_pulled_up_to_the_packets_end() =>
        Compare("call skb_pull_data", [(0, 0, 0), (64, 0, 0), (100, 0, 0), (101, 0, 0), (uint.MaxValue, 0, 0)]);

    [Fact]
    public void The_packet_type_is_one_of_four() =>
        Compare("call skb_change_type", [(0, 0, 0), (1, 0, 0), (3, 0, 0), (4, 0, 0), (uint.MaxValue, 0, 0)]);

    [Fact]
    public void Room_is_made_and_taken_as_in_the_kernel()
    {
        var cases = new List<(uint, uint, ulong)>();
        foreach (int difference in new[] { 0, 4, 20, 40, 8, -4, -20, -40, -66, -67, -90, 300, 0x800, 0x1000, -0x1000, int.MinValue })
        {
            foreach (uint mode in new uint[] { 0, 1, 2 })
            {
                foreach (ulong flags in new ulong[] { 0, 1, 2, 4, 6, 10, 12, 18, 26, 32, 66, 66 | 14ul << 56, 66 | 13ul << 56, 128, 256, 384, 512 })
                    cases.Add(((uint)difference, mode, flags));
            }
        }
        Compare("call skb_adjust_room", cases);
    }

    [Fact]
    public void Vlan_tags_are_pushed_as_in_the_kernel()
    {
        (uint, uint, ulong)[] cases = [(0x81, 0x123, 0), (0xa888, 0x6456, 0), (0, 7, 0), (0xa888, 0xffff, 0)];
        Compare("call skb_vlan_push", cases);
        Compare("r8 = r2\nr9 = r3\ncall skb_vlan_push\nr1 = r6\nr2 = r8\nr3 = r9\nr3 += 1\ncall skb_vlan_push", cases);
        Compare("r8 = r2\nr9 = r3\ncall skb_vlan_push\nr1 = r6\nr2 = r8\nr3 = r9\ncall skb_vlan_push\nr1 = r6\ncall skb_vlan_pop", cases);
        Compare("call skb_vlan_pop", cases);
    }

    [Fact]
    public void Tags_inside_the_packet_are_popped_as_in_the_kernel()
    {
        foreach (byte[] tags in new[] { "8100004208004500"u8.ToArray(), "88A8004281000043"u8.ToArray() })
        {
            byte[] header = Convert.FromHexString(System.Text.Encoding.ASCII.GetString(tags));
            Compare("call skb_vlan_pop", [(0, 0, 0)], header);
            Compare("call skb_vlan_pop\nr1 = r6\ncall skb_vlan_pop", [(0, 0, 0)], header);
        }
    }

    [Fact]
    public void Protocols_are_exchanged_as_in_the_kernel() =>
        Compare("call skb_change_proto", [(0xdd86, 0, 0), (0x0008, 0, 0), (0xdd86, 1, 0), (0x1234, 0, 0)]);

    [Fact]
    public void Bytes_are_stored_as_in_the_kernel() =>
        Compare("r5 = r4\nr8 = map[text][0]+0 ll\nr3 = r8\nr4 = 8\ncall skb_store_bytes",
            [(0, 0, 0), (92, 0, 0), (93, 0, 0), (50, 0, 1), (50, 0, 2), (50, 0, 3), (50, 0, 4), (uint.MaxValue, 0, 0), (0x7fff_ffff, 0, 0)]);

    [Fact]
    public void Bytes_are_loaded_as_in_the_kernel()
    {
        (uint, uint, ulong)[] cases = [(0, 0, 0), (92, 0, 0), (93, 0, 0), (78, 0, 0), (79, 0, 0), (uint.MaxValue, 0, 0), (0x10000, 0, 0)];
        Compare("r3 = map[out][0]+64 ll\nr4 = 8\ncall skb_load_bytes", cases);
        foreach (int start in new[] { 0, 1, 2 })
            Compare(string.Create(CultureInfo.InvariantCulture, $"r3 = map[out][0]+64 ll\nr4 = 8\nr5 = {start}\ncall skb_load_bytes_relative"), cases);
    }

    [Fact]
    public void Checksum_state_answers_as_in_the_kernel()
    {
        Compare("call csum_update", [(0x1234, 0, 0)]);
        Compare("call csum_level", [(0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0), (uint.MaxValue, 0, 0)]);
    }

    [Fact]
    public void Congestion_is_marked_as_in_the_kernel()
    {
        foreach (byte service in new byte[] { 0, 1, 2, 3, 0xfd })
            Compare("call skb_ecn_set_ce", [(0, 0, 0)], service: service);
    }

    [Fact]
    public void Redirects_answer_by_their_flags()
    {
        Compare("r1 = 1\ncall redirect", [(0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0), (1 << 16, 0, 0)]);
        Compare("r1 = 1\ncall redirect_peer", [(0, 0, 0), (1, 0, 0)]);
        Compare("r1 = 1\nr2 = 0\nr3 = 0\ncall redirect_neigh", [(0, 0, 0), (0, 0, 1)]);
    }

    private static void Compare(string call, IEnumerable<(uint R2, uint R3, ulong R4)> cases, byte[]? etherType = null, byte service = 0)
    {
        using var trial = new HelperTrial($"{LoadPacket}\n{call}\n{SaveResult}", ProgramType.SchedCls, "constants"u8.ToArray());
        foreach ((uint r2, uint r3, ulong r4) in cases)
        {
            byte[] packet = new byte[100];
            for (int i = 0; i < packet.Length; i++)
                packet[i] = (byte)(i + 1);
            packet.AsSpan(0, 6).Clear(); // the loopback interface's address: the packet is for this host
            (etherType ?? [8, 0, 0x45, service]).CopyTo(packet, 12);
            BitConverter.TryWriteBytes(packet.AsSpan(34), r2);
            BitConverter.TryWriteBytes(packet.AsSpan(38), r3);
            BitConverter.TryWriteBytes(packet.AsSpan(42), r4);
            trial.Agree(packet, string.Create(CultureInfo.InvariantCulture, $"{call.Split('\n')[^1]} r2 {(int)r2} r3 {r3:x} r4 {r4:x}"));
        }
    }
}
