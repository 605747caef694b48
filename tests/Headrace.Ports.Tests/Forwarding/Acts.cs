using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;

namespace Headrace.Ports.Tests.Forwarding;

/// <summary>A program that does to each packet what its bytes 14 and 15 say: an action and its target.</summary>
internal static class Acts
{
    public const byte Aborted = 0, Drop = 1, Pass = 2, Transmit = 3, BareRedirect = 4, NoVerdict = 5, Fault = 6;
    public const byte ToDevice = 7, ToIfindex = 8, ToAllDevices = 9, ToWorker = 10, ToSocket = 11;
    public const byte Last = ToSocket;

    public const int HeaderLength = 16;

    private const string Text = """
        .license "GPL"
        .map devices type=devmap key=4 value=8 max_entries=8
        .map workers type=cpumap key=4 value=8 max_entries=8
        .map sockets type=xskmap key=4 value=4 max_entries=8
        .map counts type=array key=4 value=8 max_entries=16

        .section xdp
        .func act
            r6 = *(u32 *)(r1 +0)
            r2 = *(u32 *)(r1 +4)
            r0 = 1
            r3 = r6
            r3 += 16
            if r3 > r2 goto out
            r7 = *(u8 *)(r6 +14)
            r8 = *(u8 *)(r6 +15)
            r9 = r1
            *(u32 *)(r10 -4) = r7
            r1 = map[counts] ll
            r2 = r10
            r2 += -4
            call map_lookup_elem
            if r0 == 0 goto chosen
            r1 = 1
            lock *(u64 *)(r0 +0) += r1
        chosen:
            r0 = r7
            if r7 < 5 goto out
            r0 = 77
            if r7 == 5 goto out
            if r7 == 6 goto fault
            r2 = r8
            r3 = 0
            if r7 == 7 goto device
            if r7 == 8 goto ifindex
            if r7 == 9 goto all
            if r7 == 10 goto worker
            r1 = map[sockets] ll
            goto map
        device:
            r1 = map[devices] ll
            goto map
        all:
            r3 = 24
            r1 = map[devices] ll
            goto map
        worker:
            r1 = map[workers] ll
        map:
            call redirect_map
            goto out
        ifindex:
            r1 = r8
            r2 = 0
            call redirect
            goto out
        fault:
            r0 = *(u8 *)(r6 +9000)
        out:
            exit

        ; drops what has an odd byte 16, stamps 0xee into byte 17 of the others
        .section xdp/devmap
        .func leave
            r6 = *(u32 *)(r1 +0)
            r2 = *(u32 *)(r1 +4)
            r0 = 1
            r3 = r6
            r3 += 18
            if r3 > r2 goto out
            r4 = *(u8 *)(r6 +16)
            if r4 & 1 goto out
            *(u8 *)(r6 +17) = 0xee
            r0 = 2
        out:
            exit

        .section xdp/cpumap
        .func arrive
            r6 = *(u32 *)(r1 +0)
            r2 = *(u32 *)(r1 +4)
            r0 = 1
            r3 = r6
            r3 += 18
            if r3 > r2 goto out
            r4 = *(u8 *)(r6 +16)
            if r4 & 1 goto out
            *(u8 *)(r6 +17) = 0xcc
            r0 = 2
        out:
            exit
        """;

    public static ForwardProgram Load(int workers, EngineKind engine = EngineKind.Jit, ForwardProgram? previous = null, string? text = null)
    {
        CollectionSpec spec = CollectionSpec.Parse(ObjectWriter.ToBytes(AssemblyModule.Parse(text ?? Text)), "acts");
        return ForwardProgram.Load(spec, "act", engine, workers, previous, fresh: null, unverified: true);
    }

    /// <summary>A program of instructions in text, named as the other so that it can take its place.</summary>
    public static string Source(string code) => $".license \"GPL\"\n.map counts type=array key=4 value=8 max_entries=16\n.section xdp\n.func act\n{code}\n";

    /// <summary>The 8-byte value of a device or CPU map.</summary>
    public static byte[] Target(uint target, LoadedProgram? program = null) => [.. BitConverter.GetBytes(target), .. BitConverter.GetBytes(program?.Id ?? 0)];

    public static long Count(ForwardProgram program, byte act)
    {
        byte[] value = new byte[8];
        program.Maps["counts"].TryLookup(BitConverter.GetBytes((uint)act), value);
        return BitConverter.ToInt64(value);
    }
}
