using System.Globalization;
using System.Text;
using Headrace.Bytecode;

namespace Headrace.Linux.Tests.Helpers;

public class ChecksumHelperTests
{
    [Fact]
    public void Differences_are_summed_as_the_kernel_sums_them()
    {
        var random = new Random(20_261_122);
        var pool = new ConstantPool();
        byte[][] blocks = [new byte[512], Enumerable.Repeat((byte)0xff, 512).ToArray(), new byte[512], new byte[512]];
        random.NextBytes(blocks[2]);
        random.NextBytes(blocks[3]);
        int[] offsets = [.. blocks.Select(pool.Add)];
        uint[] seeds = [0, 1, 0xffff, 0x10000, 0xffff0000, 0x8000_0000, 0xffff_ffff, 0x1234_5678];
        int[] sizes = [0, 4, 8, 12, 20, 40, 60, 64, 68, 96, 128, 500, 512, 2, 7];

        for (int round = 0; round < 20; round++)
        {
            var text = new StringBuilder("r6 = map[out][0]+0 ll\n");
            for (int i = 0; i < 100; i++)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"""
                    r1 = map[text][0]+{offsets[random.Next(4)]} ll
                    r2 = {sizes[random.Next(sizes.Length)]}
                    r3 = map[text][0]+{offsets[random.Next(4)]} ll
                    r4 = {sizes[random.Next(sizes.Length)]}
                    r5 = {seeds[random.Next(seeds.Length)]} ll
                    call csum_diff
                    *(u64 *)(r6 +{i * 8}) = r0
                    """);
            }
            using var trial = new HelperTrial(text + "r0 = 2\nexit", constants: pool.ToArray());
            trial.Agree(new byte[64], $"round {round}");
        }
    }

    [Theory]
    [InlineData("l3_csum_replace")]
    [InlineData("l4_csum_replace")]
    public void Fields_are_patched_as_the_kernel_patches_them(string helper)
    {
        // Offset, old word, new word and flags come from the packet.
        using var trial = new HelperTrial($"""
            r6 = r1
            r1 = *(u32 *)(r6 +76)
            r2 = *(u32 *)(r6 +80)
            r0 = 2
            r3 = r1
            r3 += 40
            if r3 > r2 goto out
            r2 = *(u32 *)(r1 +14)
            r3 = *(u32 *)(r1 +18)
            r4 = *(u32 *)(r1 +22)
            r5 = *(u32 *)(r1 +26)
            r1 = r6
            call {helper}
            out: exit
            """, ProgramType.SchedCls);
        var random = new Random(7);
        uint[] words = [0, 1, 0xffff, 0xffff_ffff, 0x1234, 0xa5a5_5a5a];
        uint[] offsets = [30, 32, 38, 31, 62, 63, 64, 0xffff, 0x10000, 0xffff_fffe];
        uint[] flags = [0, 2, 4, 1, 3, 0x10, 0x12, 0x14, 0x22, 0x62, 0x24, 0x80, 0x94, 0x100];
        for (int i = 0; i < 400; i++)
        {
            byte[] packet = new byte[64];
            random.NextBytes(packet.AsSpan(30));
            if (i % 3 == 0)
                packet.AsSpan(30).Fill((byte)(i % 2 == 0 ? 0 : 0xff));
            BitConverter.TryWriteBytes(packet.AsSpan(14), offsets[random.Next(i % 4 == 0 ? offsets.Length : 3)]);
            BitConverter.TryWriteBytes(packet.AsSpan(18), words[random.Next(words.Length)]);
            BitConverter.TryWriteBytes(packet.AsSpan(22), words[random.Next(words.Length)]);
            BitConverter.TryWriteBytes(packet.AsSpan(26), flags[random.Next(flags.Length)]);
            trial.Agree(packet);
        }
    }
}
