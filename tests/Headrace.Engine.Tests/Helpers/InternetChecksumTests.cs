namespace Headrace.Engine.Tests.Helpers;

public unsafe class InternetChecksumTests
{
    [Fact]
    public void Blocks_of_any_length_and_alignment_sum_as_16_bit_words()
    {
        var random = new Random(42);
        byte[] buffer = new byte[700];
        random.NextBytes(buffer);
        fixed (byte* start = buffer)
        {
            for (int length = 0; length < 600; length++)
            {
                int offset = length % 9;
                ulong expected = 0x1234;
                for (int i = 0; i < length; i += 2)
                    expected += (uint)(buffer[offset + i] | (i + 1 < length ? buffer[offset + i + 1] << 8 : 0));
                while (expected > 0xffff)
                    expected = (expected & 0xffff) + (expected >> 16);
                Assert.Equal((ushort)expected, InternetChecksum.To16(InternetChecksum.Partial(start + offset, length, 0x1234)));
            }
        }
    }

    [Fact]
    public void A_header_with_its_checksum_folds_to_zero()
    {
        // An IPv4 header with the checksum worked out in RFC 1071's manner.
        byte[] header = Convert.FromHexString("4500003044224000800600008c7c19acae241e2b");
        fixed (byte* start = header)
        {
            ushort checksum = InternetChecksum.Fold(InternetChecksum.Partial(start, header.Length, 0));
            Assert.Equal(0x442e, System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(checksum));
        }
    }
}
