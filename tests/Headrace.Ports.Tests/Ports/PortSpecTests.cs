namespace Headrace.Ports.Tests;

public class PortSpecTests
{
    [Fact]
    public void Name_and_options_are_told_apart()
    {
        PortSpec spec = PortSpec.Parse("afxdp:eth0,queue=all,zerocopy,path=/a=b:c");
        Assert.Equal(("afxdp", "eth0", "eth0,queue=all,zerocopy,path=/a=b:c"), (spec.Kind, spec.Name, spec.Arguments));
        Assert.Equal([new("queue", "all"), new("zerocopy", null), new("path", "/a=b:c")], spec.Options);
        Assert.Equal("all", spec.Value("queue"));
        Assert.True(spec.Flag("zerocopy"));
        Assert.False(spec.Flag("busy"));
        Assert.Equal("/a=b:c", spec.Value("path"));
        Assert.Null(spec.Value("size"));
    }

    [Theory]
    [InlineData("gen:packets=5,flows=2", "gen", "")]
    [InlineData("null:", "null", "")]
    [InlineData("memif:/run/x.sock", "memif", "/run/x.sock")]
    [InlineData("memif:/run/x.sock,role=client", "memif", "/run/x.sock")]
    public void Kinds_and_names(string text, string kind, string name) =>
        Assert.Equal((kind, name), (PortSpec.Parse(text).Kind, PortSpec.Parse(text).Name));

    [Theory]
    [InlineData("eth0", "port 'eth0': a port is kind:NAME,key=value; kinds are ")]
    [InlineData(":eth0", "port ':eth0': a port is kind:NAME,key=value; kinds are ")]
    [InlineData("loop:a,ring=4,ring=8", "loop:a,ring=4,ring=8: 'ring' is given twice")]
    [InlineData("loop:a,=8", "loop:a,=8: '=8' has no name: an option is key=value or key")]
    [InlineData("loop:a,,", "loop:a,,: '' has no name: an option is key=value or key")]
    [InlineData("nosuch:a", "nosuch:a: there is no kind of port 'nosuch'; there are: ")]
    [InlineData("loop:", "loop:: a name is missing: loop:NAME")]
    [InlineData("loop:a,size=3", "loop:a,size=3: 'size' is no option of loop:; there are: ring, queues, frame")]
    [InlineData("loop:a,ring=3", "loop:a,ring=3: 'ring=3': a power of two from 2 to 65536 is wanted")]
    [InlineData("loop:a,ring", "loop:a,ring: 'ring' wants a value: ring=...")]
    [InlineData("loop:a,queues=0", "loop:a,queues=0: 'queues=0': a whole number from 1 to 64 is wanted")]
    [InlineData("null:x", "null:x: 'x': null: takes options only")]
    [InlineData("pcap:", "pcap:: in=FILE or out=FILE is wanted")]
    public void What_is_wrong_is_said(string text, string message)
    {
        var error = Assert.Throws<PortException>(() => PortKinds.Open(text).Dispose());
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_and_words_are_checked()
    {
        Assert.False(PortSpec.Parse("x:a,f=no").Flag("f", otherwise: true));
        Assert.Throws<PortException>(() => PortSpec.Parse("x:a,f=maybe").Flag("f"));
        Assert.Equal("a", PortSpec.Parse("x:n").Choice("k", "a", "a", "b"));
        Assert.Throws<PortException>(() => PortSpec.Parse("x:n,k=c").Choice("k", "a", "a", "b"));
    }
}
