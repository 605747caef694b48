namespace Headrace.Engine.Tests.Helpers;

public class SynCookiesTests
{
    private const ulong Minute = 60_000_000_000;

    private static readonly byte[] s_addresses = [10, 0, 0, 1, 10, 0, 0, 2];
    private static readonly byte[] s_ports = [0x30, 0x39, 0, 80];

    [Theory]
    [InlineData(100, 536)]
    [InlineData(536, 536)]
    [InlineData(1399, 1300)]
    [InlineData(1460, 1460)]
    [InlineData(9000, 1460)]
    public void A_cookie_remembers_the_class_of_the_segment_size(ushort offered, ushort expected)
    {
        var cookies = new SynCookies();
        ushort mss = offered;
        uint cookie = cookies.Generate(s_addresses, s_ports, 77, ref mss, Minute * 5);
        Assert.Equal(expected, mss);
        Assert.Equal(expected, cookies.Check(s_addresses, s_ports, 77, cookie, Minute * 5));
    }

    [Fact]
    public void A_cookie_is_good_for_two_periods()
    {
        var cookies = new SynCookies();
        ushort mss = 1460;
        uint cookie = cookies.Generate(s_addresses, s_ports, 77, ref mss, Minute * 300);
        Assert.Equal(1460, cookies.Check(s_addresses, s_ports, 77, cookie, Minute * 301));
        Assert.Equal(0, cookies.Check(s_addresses, s_ports, 77, cookie, Minute * 302));
    }

    [Fact]
    public void A_cookie_is_good_for_its_own_flow_only()
    {
        var cookies = new SynCookies();
        int accepted = 0;
        for (uint sequence = 0; sequence < 1000; sequence++)
        {
            ushort mss = 1460;
            uint cookie = cookies.Generate(s_addresses, s_ports, sequence, ref mss, 0);
            accepted += cookies.Check(s_addresses, [0x30, 0x3a, 0, 80], sequence, cookie, 0) != 0 ? 1 : 0;
        }
        Assert.True(accepted < 5, $"{accepted} of 1000 cookies were good for another port");
    }

    [Fact]
    public void The_largest_segments_of_ipv6_have_a_class()
    {
        var cookies = new SynCookies();
        ushort mss = 8999;
        uint cookie = cookies.Generate(new byte[32], s_ports, 1, ref mss, 0);
        Assert.Equal(8940, cookies.Check(new byte[32], s_ports, 1, cookie, 0));
    }
}
