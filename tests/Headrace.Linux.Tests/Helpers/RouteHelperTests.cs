using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Helpers;

public class RouteHelperTests
{
    [Fact]
    public void The_value_of_a_route_that_goes_away_stays_for_the_run_as_in_the_kernel()
    {
        using var trial = new HelperTrial("""
            *(u32 *)(r10 -8) = 32
            *(u32 *)(r10 -4) = 0x0100000a
            *(u64 *)(r10 -16) = 1
            r1 = map[routes] ll
            r2 = r10
            r2 += -8
            r3 = r10
            r3 += -16
            r4 = 0
            call bpf_map_update_elem#2
            r1 = map[routes] ll
            r2 = r10
            r2 += -8
            call bpf_map_lookup_elem#1
            if r0 == 0 goto out
            r6 = r0
            r1 = map[routes] ll
            r2 = r10
            r2 += -8
            call bpf_map_delete_elem#3
            *(u32 *)(r10 -4) = 0x0200000a
            *(u64 *)(r10 -16) = 2
            r1 = map[routes] ll
            r2 = r10
            r2 += -8
            r3 = r10
            r3 += -16
            r4 = 0
            call bpf_map_update_elem#2
            r7 = map[out][0]+0 ll
            r1 = *(u64 *)(r6 +0)
            *(u64 *)(r7 +0) = r1
            out:
            r0 = 2
            exit
            """, maps: new MapSpec { Name = "routes", Type = MapType.LpmTrie, KeySize = 8, ValueSize = 8, MaxEntries = 10, Flags = MapFlags.NoPrealloc });
        for (int round = 0; round < 3; round++)
            Assert.Equal(1UL, BinaryPrimitives.ReadUInt64LittleEndian(trial.Agree(new byte[64], $"round {round}")));
    }
}
