namespace Headrace.Bytecode.Tests.Assembly;

public class AssemblyModuleTests
{
    [Fact]
    public void A_module_holds_what_its_text_says()
    {
        AssemblyModule module = AssemblyModule.Parse("""
            .license "Dual BSD/GPL"
            .map rules type=hash key=4 value=8 max_entries=1024 flags=no_prealloc,0x80 pin=by_name
            .map outer type=hash_of_maps key=4 value=4 max_entries=8
            .inner outer type=array key=4 value=16 max_entries=2
            .extern bpf_xdp_metadata_rx_hash
            .extern LINUX_KERNEL_VERSION kconfig 4
            .section .data
            .global limit
            limit: .u16 0x1234, -1
            .u8 7
            .align 4
            word: .u32 9
            .end
            .hex "0a0b 0c"
            .section .rodata.names
            text: .string "a\tb\x01"
            .section xdp
            .func main
            r1 = map[rules] ll
            r2 = &limit+2 ll
            r3 = map[.data][0]+8 ll
            call bpf_xdp_metadata_rx_hash
            call helper
            exit
            .section .text
            .func helper static
            exit
            """, "demo.s");
        Assert.Equal("Dual BSD/GPL", module.License);
        AssemblyMap rules = module.Maps[0];
        Assert.Equal((MapType.Hash, 4u, 8u, 1024u, MapFlags.NoPrealloc | MapFlags.ReadOnlyProgram, true), (rules.Type, rules.KeySize, rules.ValueSize, rules.MaxEntries, rules.Flags, rules.PinByName));
        Assert.Equal((MapType.Array, 16u), (module.Maps[1].Inner!.Type, module.Maps[1].Inner!.ValueSize));
        Assert.Equal([new AssemblyExtern("bpf_xdp_metadata_rx_hash"), new AssemblyExtern("LINUX_KERNEL_VERSION", 4)], module.Externs);
        Assert.Equal("3412ffff07000000090000000a0b0c", Convert.ToHexStringLower(module.Data[0].Bytes));
        Assert.Equal([new AssemblyVariable("limit", 0, 5, true), new AssemblyVariable("word", 8, 4, false)], module.Data[0].Variables);
        Assert.Equal("6109620100", Convert.ToHexStringLower(module.Data[1].Bytes));
        AssemblySection xdp = module.Code[0];
        Assert.Equal([new AssemblyFunction("main", 0, 9, true)], xdp.Functions);
        Assert.Equal(
            [new SymbolReference(0, "rules", false), new SymbolReference(2, "limit", false), new SymbolReference(4, ".data", true),
                new SymbolReference(6, "bpf_xdp_metadata_rx_hash", false), new SymbolReference(7, ".text", true)],
            xdp.References);
        Assert.Equal((2L, 8L, -1L, -1L), (xdp.Instructions[2].Immediate, xdp.Instructions[4].Immediate, xdp.Instructions[6].Immediate, xdp.Instructions[7].Immediate));
        Assert.Equal(new AssemblyLine(0, 19, "r1 = map[rules] ll"), xdp.Lines[0]);
    }

    [Fact]
    public void Code_without_directives_is_an_xdp_program()
    {
        AssemblySection section = Assert.Single(AssemblyModule.Parse("drop_all:\n r0 = 1\n exit").Code);
        Assert.Equal("xdp", section.Name);
        Assert.Equal(new AssemblyFunction("drop_all", 0, 2, true), Assert.Single(section.Functions));
    }

    [Fact]
    public void Labels_belong_to_their_function()
    {
        AssemblySection section = AssemblyModule.Parse(".func a\n goto out\n out: exit\n.func b static\n goto out\n r0 = 1\n out: exit").Code[0];
        Assert.Equal([0, 0, 1, 0, 0], section.Instructions.Select(instruction => (int)instruction.Offset));
    }

    [Fact]
    public void Text_and_module_say_the_same()
    {
        const string text = """
            .license "GPL"

            .map rules type=hash key=4 value=8 max_entries=16 flags=no_prealloc
            .map jumps type=prog_array key=4 value=4 max_entries=4
            .entry jumps 2 = "r1"

            .extern thing
            .extern CONFIG_HZ kconfig 4

            .section .data
            	.global limit
            limit:
            	.u32 5
            	.end
            	.zero 4
            "a b":
            	.hex "0102030405"
            	.end
            	.hex "09"

            .section .bss
            total:
            	.zero 8

            .section odd data
            name:
            	.string "x\"\\\n"

            .section fentry/f
            .func "r1"
            	r1 = &limit ll
            	r1 = &"a b"+1 ll
            	r2 = map[.bss][0]+0 ll
            	r3 = map[rules] ll
            	r4 = subprog[one] ll
            	call one
            	call two
            	call thing
            	call bpf_redirect#23
            	if r1 == 0x0 goto pc+1
            	.raw 0x0000000100000bb7
            	exit

            .section .text
            .func two
            	exit

            .func one static
            	call one
            	call pc-3
            	exit

            """;
        string unix = text.ReplaceLineEndings("\n");
        string first = WithoutComments(AssemblyModule.Parse(unix).ToText());
        Assert.Equal(unix.TrimEnd(), first.TrimEnd());
        Assert.Equal(first, WithoutComments(AssemblyModule.Parse(first).ToText()));
    }

    [Theory]
    [InlineData(".section license", 1, 10, ".license")]
    [InlineData(".map m key=4", 1, 6, "type=")]
    [InlineData(".map m type=hashh", 1, 13, "no map type")]
    [InlineData(".map m type=hash sise=4", 1, 18, "no property")]
    [InlineData(".map m type=hash flags=fast", 1, 24, "no flag")]
    [InlineData(".entry m 0 = x", 1, 8, "map 'm' is not defined above")]
    [InlineData(".map m type=prog_array max_entries=1\n.entry m 1 = x", 2, 10, "beyond")]
    [InlineData(".func f\nexit\n.func f\nexit", 3, 7, "defined already")]
    [InlineData(".section .data\nexit", 2, 1, "data (")]
    [InlineData(".section .data\n.u8 256", 2, 5, "up to 255")]
    [InlineData(".section .data\n.func f", 2, 7, "is for data")]
    [InlineData(".section .data\n.hex \"0g\"", 2, 6, "two hex digits")]
    [InlineData(".section .data\n.zero 1000000000", 2, 7, "a size in bytes")]
    [InlineData("r1 = map[none] ll\nexit", 1, 10, "map 'none' is not defined")]
    [InlineData("r1 = map[.data][0]+0 ll\nexit", 1, 10, "data section '.data' is not defined")]
    [InlineData("r1 = &none ll\nexit", 1, 7, "variable 'none' is not defined")]
    [InlineData("r1 = subprog[none] ll\nexit", 1, 14, "function 'none' is not defined")]
    [InlineData("call none\nexit", 1, 6, ".extern")]
    [InlineData("goto none\nexit", 1, 6, "label 'none' is not defined")]
    [InlineData(".extern X kconfig 3", 1, 19, "1, 2, 4 or 8")]
    public void An_error_says_where_and_what_was_expected(string text, int line, int column, string fragment)
    {
        var error = Assert.Throws<AssemblerException>(() => AssemblyModule.Parse(text, "demo.s"));
        Assert.Contains(fragment, error.Problem);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void Every_map_type_has_its_name()
    {
        foreach (MapType type in Enum.GetValues<MapType>().Where(type => type != MapType.Unspec))
        {
            Assert.True(MapTypeNames.TryParse(MapTypeNames.Of(type), out MapType back), type.ToString());
            Assert.Equal(type, back);
        }
    }

    private static string WithoutComments(string text) => string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith(';')));
}
