namespace Headrace.Ports.Tests;

public class TrafficSpecTests
{
    [Fact]
    public void The_issue_s_example_is_understood()
    {
        var spec = TrafficSpec.Parse("gen:packets=100000,flows=1000,sizes=imix,mix=udp:70/tcp:25/icmp:5,ipv6=10,attack=synflood:20,vlan=5,seed=1");
        Assert.Equal((100_000L, 1000, 70, 25, 5), (spec.Packets, spec.Flows, spec.Udp, spec.Tcp, spec.Icmp));
        Assert.Equal((10, 5, 1UL), (spec.IPv6, spec.Vlan, spec.Seed));
        Assert.Equal([(TrafficAttack.SynFlood, 20)], spec.Attacks);
        Assert.Equal(TrafficSpec.Imix, spec.Sizes);
    }

    [Theory]
    [InlineData("gen:")]
    [InlineData("gen:packets=0")]
    [InlineData("gen:sizes=60-90:3/1514,attack=dnsamp:1/udpflood:2/synflood:3,qinq=7,options=9,rate=14880952,seed=18446744073709551615")]
    public void Its_text_is_read_back_as_the_same(string text)
    {
        var spec = TrafficSpec.Parse(text);
        Assert.Equal(spec.ToString(), TrafficSpec.Parse(spec.ToString()).ToString());
        Assert.StartsWith("gen:packets=", spec.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gen:packet=5", "'packet' is no key")]
    [InlineData("gen:packets", "key=value")]
    [InlineData("gen:packets=-1", "no whole number from 0")]
    [InlineData("gen:packets=1e5", "no whole number")]
    [InlineData("gen:flows=0", "from 1 to 16777216")]
    [InlineData("gen:seed=1,seed=2", "given twice")]
    [InlineData("gen:mix=udp:50", "make 50 percent")]
    [InlineData("gen:mix=sctp:100", "'sctp' is no protocol")]
    [InlineData("gen:sizes=40", "from 60 to 9014")]
    [InlineData("gen:sizes=100-90", "from 100 to 9014")]
    [InlineData("gen:sizes=", "''")]
    [InlineData("gen:attack=teardrop:5", "synflood, udpflood, dnsamp")]
    [InlineData("gen:attack=synflood", "''")]
    [InlineData("gen:attack=synflood:60/dnsamp:50", "110 percent")]
    [InlineData("gen:vlan=60,qinq=60", "more than 100")]
    [InlineData("gen:seed=x", "below 2^64")]
    public void What_cannot_be_read_is_said(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<TrafficSpecException>(() => PacketSource.Open(text)).Message, StringComparison.Ordinal);
}
