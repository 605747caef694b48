namespace Headrace.Linux.Tests.Helpers;

public class DynptrHelperTests
{
    [Fact]
    public void Reads_and_writes_are_held_to_the_bounds()
    {
        // Offset and flags come from the packet; the dynptr covers 32 bytes of the results.
        using var trial = new HelperTrial("""
            r6 = map[out][0]+0 ll
            r7 = *(u32 *)(r1 +0)
            r2 = *(u32 *)(r1 +4)
            r0 = 2
            r3 = r7
            r3 += 54
            if r3 > r2 goto out
            r1 = map[out][0]+512 ll
            r2 = 32
            r3 = *(u64 *)(r7 +14)
            r4 = r10
            r4 += -16
            call dynptr_from_mem
            *(u64 *)(r6 +0) = r0

            r1 = r10
            r1 += -16
            r2 = *(u64 *)(r7 +22)
            r3 = map[text][0]+0 ll
            r4 = 8
            r5 = *(u64 *)(r7 +30)
            call dynptr_write
            *(u64 *)(r6 +8) = r0

            r1 = r6
            r1 += 64
            r2 = 8
            r3 = r10
            r3 += -16
            r4 = *(u64 *)(r7 +22)
            r5 = *(u64 *)(r7 +30)
            call dynptr_read
            *(u64 *)(r6 +16) = r0

            r1 = r10
            r1 += -16
            r2 = *(u64 *)(r7 +22)
            r3 = 8
            call dynptr_data
            r1 = 0
            if r0 == 0 goto none
            *(u8 *)(r0 +7) = 90
            r1 = 1
            none:
            *(u64 *)(r6 +24) = r1
            r0 = 2
            out: exit
            """, constants: "constant text"u8.ToArray());
        foreach (ulong create in new ulong[] { 0, 1 })
        {
            foreach (ulong offset in new ulong[] { 0, 1, 24, 25, 32, 33, uint.MaxValue, 0x1_0000_0000, ulong.MaxValue })
            {
                foreach (ulong flags in new ulong[] { 0, 1, 2 })
                {
                    byte[] packet = new byte[64];
                    BitConverter.TryWriteBytes(packet.AsSpan(14), create);
                    BitConverter.TryWriteBytes(packet.AsSpan(22), offset);
                    BitConverter.TryWriteBytes(packet.AsSpan(30), flags);
                    trial.Agree(packet, $"create {create} offset {offset} flags {flags}");
                }
            }
        }
    }
}
