using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Programs that do what testpmd's forwarding modes do.</summary>
internal static class MiddleProgram
{
    // Nothing: PASS goes to the port beside.
    private const string Io = """
        .section xdp
        .func io
        r0 = 2
        exit
        """;

    // The two Ethernet addresses change places.
    private const string MacSwap = """
        .section xdp
        .func macswap
        r0 = 1
        r2 = *(u32 *)(r1 + 0)
        r3 = *(u32 *)(r1 + 4)
        r4 = r2
        r4 += 14
        if r4 > r3 goto out
        r3 = *(u32 *)(r2 + 0)
        r4 = *(u16 *)(r2 + 4)
        r5 = *(u32 *)(r2 + 6)
        r6 = *(u16 *)(r2 + 10)
        *(u32 *)(r2 + 0) = r5
        *(u16 *)(r2 + 4) = r6
        *(u32 *)(r2 + 6) = r3
        *(u16 *)(r2 + 10) = r4
        r0 = 2
        out:
        exit
        """;

    /// <summary>The program of a mode, <c>io</c> or <c>macswap</c>.</summary>
    public static CollectionSpec Load(string mode) => CollectionSpec.Parse(ObjectWriter.ToBytes(AssemblyModule.Parse(mode == "io" ? Io : MacSwap, mode)), mode);
}
