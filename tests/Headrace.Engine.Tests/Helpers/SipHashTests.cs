namespace Headrace.Engine.Tests.Helpers;

public class SipHashTests
{
    // Vectors of the reference implementation: key 00..0f, message 00, 01, 02, ... of the given length.
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31)]
    [InlineData(1, 0x74f839c593dc67fd)]
    [InlineData(8, 0x93f5f5799a932462)]
    [InlineData(15, 0xa129ca6149be45e5)]
    public void Hashes_as_the_reference_does(int length, ulong expected)
    {
        byte[] message = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        Assert.Equal(expected, new SipHash(0x0706050403020100, 0x0f0e0d0c0b0a0908).Compute(message));
    }
}
