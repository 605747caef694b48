using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Helpers;

public class CallbackHelperTests
{
    // R1 and R4 of the call, and where the callback stops, come from the packet.
    private const string Start = """
        .section xdp
        .func trial
            r8 = r1
            *(u32 *)(r10 -4) = 0
            r1 = map[out] ll
            r2 = r10
            r2 += -4
            call map_lookup_elem
            if r0 == 0 goto out
            r6 = r0
            r7 = *(u32 *)(r8 +0)
            r2 = *(u32 *)(r8 +4)
            r0 = 2
            r3 = r7
            r3 += 54
            if r3 > r2 goto out
            *(u64 *)(r10 -16) = 0
            r1 = *(u64 *)(r7 +30)
            *(u64 *)(r10 -8) = r1
            r3 = r10
            r3 += -16
            r4 = *(u64 *)(r7 +22)
        """;

    private const string End = """
            *(u64 *)(r6 +0) = r0
            r1 = *(u64 *)(r10 -16)
            *(u64 *)(r6 +8) = r1
            r0 = 2
        out: exit
        """;

    private const string Count = """
            r3 = *(u64 *)(r2 +0)
            r3 += 1
            *(u64 *)(r2 +0) = r3
            r4 = *(u64 *)(r2 +8)
            r0 = 0
            if r1 != r4 goto more
            r0 = 1
        more: exit
        """;

    [Fact]
    public void Loops_count_and_stop_as_in_the_kernel()
    {
        using var trial = new HelperTrial(Parse($"""
            .license "GPL"
            .map out type=array key=4 value=64 max_entries=1
            .section .text
            .func body static
            {Count}
            {Start}
                r1 = *(u64 *)(r7 +14)
                r2 = subprog[body] ll
                call loop
            {End}
            """));
        foreach (ulong count in new ulong[] { 0, 1, 5, 1000, (1 << 23) + 1, uint.MaxValue, 0x1_0000_0003 })
        {
            foreach (ulong flags in new ulong[] { 0, 1, 0x1_0000_0000 })
            {
                foreach (ulong stop in new ulong[] { 0, 3, ulong.MaxValue })
                    trial.Agree(Packet(count, flags, stop), $"count {count} flags {flags} stop {stop}");
            }
        }
    }

    [Theory]
    [InlineData("array")]
    [InlineData("hash")]
    [InlineData("lru_hash")]
    public void Elements_are_visited_as_in_the_kernel(string type)
    {
        CollectionSpec spec = Parse($"""
            .license "GPL"
            .map out type=array key=4 value=64 max_entries=1
            .map elements type={type} key=4 value=8 max_entries=16
            .section .text
            .func body static
                r1 = *(u64 *)(r3 +0)
                r2 = r4
            {Count}
            {Start}
                r1 = map[elements] ll
                r2 = subprog[body] ll
                call for_each_map_elem
            {End}
            """);
        for (byte i = 0; i < 9; i++)
            spec.Maps["elements"].Entries.Add(new([i, 0, 0, 0], [5, 0, 0, 0, 0, 0, 0, 0]));
        using var trial = new HelperTrial(spec);
        foreach (ulong flags in new ulong[] { 0, 1 })
        {
            foreach (ulong stop in new ulong[] { 5, 77 })
                trial.Agree(Packet(0, flags, stop), $"flags {flags} stop {stop}");
        }
    }

    private static CollectionSpec Parse(string text) => CollectionSpec.Parse(ObjectWriter.ToBytes(AssemblyModule.Parse(text)), "callbacks.s");

    private static byte[] Packet(ulong first, ulong flags, ulong stop)
    {
        byte[] packet = new byte[64];
        BitConverter.TryWriteBytes(packet.AsSpan(14), first);
        BitConverter.TryWriteBytes(packet.AsSpan(22), flags);
        BitConverter.TryWriteBytes(packet.AsSpan(30), stop);
        return packet;
    }
}
