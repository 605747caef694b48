using Headrace.Bytecode;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Verifier;

/// <summary>Programs of one helper call each, as text: the call as its prototype wants it, and with one argument of another kind.</summary>
internal static class CallTrials
{
    /// <summary>The program types tried.</summary>
    public static readonly ProgramType[] Types =
    [
        ProgramType.SchedCls, ProgramType.Xdp, ProgramType.LwtXmit, ProgramType.LwtIn, ProgramType.LwtSeg6local, ProgramType.SkSkb, ProgramType.SkMsg,
        ProgramType.CgroupSkb, ProgramType.SocketFilter, ProgramType.Tracepoint, ProgramType.RawTracepoint, ProgramType.FlowDissector,
    ];

    /// <summary>What an argument is replaced by: a name, and the lines that leave it in R8.</summary>
    public static IReadOnlyList<(string Name, string Lines)> Intruders(ProgramType type)
    {
        List<(string, string)> intruders =
        [
            ("null", "r8 = 0"), ("number", "r8 = 7"), ("minus one", "r8 = -1"), ("huge", "r8 = 0x40000000"),
            ("unknown", "call get_prandom_u32\nr8 = r0"), ("unknown 64", "call ktime_get_ns\nr8 = r0"), ("byte", "call get_prandom_u32\nr8 = r0\nr8 &= 255"),
            ("small", "call get_prandom_u32\nr8 = r0\nr8 &= 7\nr8 += 1"),
            ("stack", "r8 = r10\nr8 += -16"), ("top of stack", "r8 = r10"), ("beyond stack", "r8 = r10\nr8 += -520"),
            ("unwritten stack", "r8 = r10\nr8 += -160"), ("odd stack", "r8 = r10\nr8 += -13"),
            ("variable stack", "call get_prandom_u32\nr0 &= 8\nr8 = r10\nr8 += -32\nr8 += r0"),
            ("context", "r8 = r6"), ("moved context", "r8 = r6\nr8 += 8"), ("map", "r8 = map[hash] ll"), ("other map", "r8 = map[ring] ll"),
            ("value", Lookup + "r8 = r0"), ("value or null", "r1 = map[hash] ll\nr2 = r10\nr2 += -8\ncall map_lookup_elem\nr8 = r0"),
            ("end of value", Lookup + "r8 = r0\nr8 += 8"), ("inside value", Lookup + "r8 = r0\nr8 += 4"),
            ("variable value", Lookup + "r8 = r0\ncall get_prandom_u32\nr0 &= 255\nr8 += r0"),
            ("before value", Lookup + "r8 = r0\nr8 += -1"), ("unwritten", ""),
        ];
        if (PacketOf(type) is not var (pointer, end))
            return intruders;
        intruders.Add(("packet", $"r8 = {pointer}\nr1 = {end}\nr2 = r8\nr2 += 40\nif r2 > r1 goto out"));
        intruders.Add(("unproved packet", $"r8 = {pointer}"));
        intruders.Add(("short packet", $"r8 = {pointer}\nr1 = {end}\nr2 = r8\nr2 += 2\nif r2 > r1 goto out"));
        intruders.Add(("end of packet", $"r8 = {end}"));
        return intruders;
    }

    private const string Lookup = "r1 = map[hash] ll\nr2 = r10\nr2 += -8\ncall map_lookup_elem\nif r0 == 0 goto out\n";

    /// <summary>The program types a helper is tried with.</summary>
    public static IEnumerable<(ProgramType Type, HelperPrototype Prototype)> TypesOf(HelperId id) =>
        from type in Types
        let prototype = HelperPrototypes.Find(id, type)
        where prototype is not null && id is not (HelperId.GetLocalStorage or HelperId.GetFuncIp) && prototype.Arguments.All(argument => CanMake(argument, prototype, type)) && !prototype.Has(HelperMarks.MightSleep)
        select (type, prototype);

    /// <summary>The program: the call with every argument as wanted but one.</summary>
    /// <param name="prototype">The helper.</param>
    /// <param name="type">The program's type.</param>
    /// <param name="map">The map that is passed.</param>
    /// <param name="replaced">The argument that is replaced, from 0; -1 for none.</param>
    /// <param name="intruder">What it is replaced by; see <see cref="Intruders"/>.</param>
    public static string Text(HelperPrototype prototype, ProgramType type, string map, int replaced = -1, (string Name, string Lines)? intruder = null)
    {
        var lines = new List<string> { "r6 = r1" };
        for (int i = 1; i <= 10; i++)
            lines.Add($"*(u64 *)(r10 {-8 * i}) = 0");
        lines.AddRange(Prepare(prototype, type));
        if (replaced >= 0)
            lines.Add(intruder!.Value.Lines);
        // R1 to R5 hold nothing from here on.
        lines.Add("call get_numa_node_id");
        for (int i = 0; i < prototype.Arguments.Length; i++)
        {
            if (i != replaced)
                lines.Add(Make(prototype, i, OwnMap(map, type)));
            else if (intruder!.Value.Lines.Length > 0)
                lines.Add($"r{i + 1} = r8");
        }
        lines.Add($"call {HelperNames.Of(prototype.Id)}");
        lines.AddRange(Finish(prototype));
        lines.AddRange(["out:", "r0 = 0", "exit"]);
        return string.Join('\n', lines.Where(line => line.Length > 0));
    }

    /// <summary>The map a helper is given when it is called as wanted.</summary>
    public static string MapFor(HelperId id) => id switch
    {
        HelperId.TailCall => "calls",
        HelperId.PerfEventRead or HelperId.PerfEventReadValue or HelperId.PerfEventOutput => "events",
        HelperId.GetStackid => "traces",
        HelperId.SkbUnderCgroup or HelperId.CurrentTaskUnderCgroup => "groups",
        HelperId.RedirectMap => "devices",
        HelperId.SkRedirectMap or HelperId.MsgRedirectMap or HelperId.SockMapUpdate => "sockets",
        HelperId.SkRedirectHash or HelperId.MsgRedirectHash or HelperId.SockHashUpdate => "socket_hash",
        HelperId.SkSelectReuseport => "reuseport",
        HelperId.MapPushElem or HelperId.MapPopElem or HelperId.MapPeekElem => "queue",
        HelperId.MapLookupPercpuElem => "percpu_array",
        HelperId.RingbufOutput or HelperId.RingbufReserve or HelperId.RingbufQuery or HelperId.RingbufReserveDynptr => "ring",
        _ => "hash",
    };

    // A program array belongs to the type of the first program that uses it: each type has its own.
    private static string OwnMap(string map, ProgramType type) => map == "calls" && type != ProgramType.SchedCls ? $"calls{(int)type}" : map;

    // Callbacks, locks, timers and kernel pointers need types: they have tests of their own.
    private static bool CanMake(Argument argument, HelperPrototype prototype, ProgramType type) => argument.Kind switch
    {
        ArgumentKind.SpinLock or ArgumentKind.Timer or ArgumentKind.PointerSlot or ArgumentKind.Function or ArgumentKind.PerCpuObject
            or ArgumentKind.Socket => false,
        ArgumentKind.KernelObject => prototype.Object == "task_struct" && prototype.Arguments[0].Kind != ArgumentKind.Map,
        ArgumentKind.SocketCommon or ArgumentKind.AnySocket => argument.Has(ArgumentFlags.Release)
            ? HelperPrototypes.Find(HelperId.SkLookupTcp, type) is not null
            : prototype.Arguments[0].Kind != ArgumentKind.Map && type is ProgramType.SchedCls or ProgramType.CgroupSkb or ProgramType.LwtXmit or ProgramType.SocketFilter,
        _ => true,
    };

    private static IEnumerable<string> Prepare(HelperPrototype prototype, ProgramType type)
    {
        foreach (Argument argument in prototype.Arguments)
        {
            switch (argument.Kind)
            {
                case ArgumentKind.AnySocket when argument.Has(ArgumentFlags.Release):
                    yield return "r1 = r6\nr2 = r10\nr2 += -16\nr3 = 12\nr4 = 0\nr5 = 0\ncall sk_lookup_tcp\nif r0 == 0 goto out\nr7 = r0";
                    break;
                case ArgumentKind.AnySocket or ArgumentKind.SocketCommon:
                    yield return "r7 = *(u64 *)(r6 +168)\nif r7 == 0 goto out";
                    break;
                case ArgumentKind.KernelObject:
                    yield return "call get_current_task_btf\nr7 = r0";
                    break;
                case ArgumentKind.RingMemory:
                    yield return "r1 = map[ring] ll\nr2 = 8\nr3 = 0\ncall ringbuf_reserve\nif r0 == 0 goto out\nr7 = r0";
                    break;
                case ArgumentKind.Dynptr when argument.Has(ArgumentFlags.Release):
                    yield return "r1 = map[ring] ll\nr2 = 8\nr3 = 0\nr4 = r10\nr4 += -32\ncall ringbuf_reserve_dynptr";
                    break;
                case ArgumentKind.Dynptr when !argument.Has(ArgumentFlags.Uninitialized):
                    yield return Lookup + "r1 = r0\nr2 = 8\nr3 = 0\nr4 = r10\nr4 += -32\ncall dynptr_from_mem";
                    break;
                default:
                    break;
            }
        }
        if (prototype.Id == HelperId.DynptrFromMem)
            yield return Lookup + "r7 = r0";
    }

    private static string Make(HelperPrototype prototype, int index, string map)
    {
        string register = $"r{index + 1}";
        return prototype.Arguments[index].Kind switch
        {
            ArgumentKind.Map => $"{register} = map[{map}] ll",
            ArgumentKind.Memory when prototype.Id == HelperId.DynptrFromMem => $"{register} = r7",
            ArgumentKind.MapKey or ArgumentKind.MapValue => $"{register} = r10\n{register} += -16",
            ArgumentKind.Memory => $"{register} = r10\n{register} += {-Math.Max(8, (prototype.Arguments[index].Size + 7) / 8 * 8)}",
            ArgumentKind.Size or ArgumentKind.SizeOrZero or ArgumentKind.AllocationSize => $"{register} = 8",
            ArgumentKind.Context => $"{register} = r6",
            ArgumentKind.ConstantString => $"{register} = map[text][0] ll",
            ArgumentKind.Stack => $"{register} = r10",
            ArgumentKind.Dynptr => $"{register} = r10\n{register} += -32",
            ArgumentKind.SocketCommon or ArgumentKind.AnySocket or ArgumentKind.KernelObject or ArgumentKind.RingMemory => $"{register} = r7",
            _ => $"{register} = 0",
        };
    }

    private static IEnumerable<string> Finish(HelperPrototype prototype)
    {
        if (prototype.Id is HelperId.SkLookupTcp or HelperId.SkLookupUdp or HelperId.SkcLookupTcp)
            yield return "if r0 == 0 goto out\nr1 = r0\ncall sk_release";
        else if (prototype.Id == HelperId.RingbufReserve)
            yield return "if r0 == 0 goto out\nr1 = r0\nr2 = 0\ncall ringbuf_discard";
        else if (prototype.Id == HelperId.RingbufReserveDynptr)
            yield return "r1 = r10\nr1 += -32\nr2 = 0\ncall ringbuf_discard_dynptr";
    }

    private static (string Pointer, string End)? PacketOf(ProgramType type) => type switch
    {
        ProgramType.Xdp => ("*(u32 *)(r6 +0)", "*(u32 *)(r6 +4)"),
        ProgramType.SkMsg => ("*(u64 *)(r6 +0)", "*(u64 *)(r6 +8)"),
        ProgramType.SchedCls or ProgramType.LwtXmit or ProgramType.LwtIn or ProgramType.LwtSeg6local or ProgramType.SkSkb or ProgramType.CgroupSkb
            or ProgramType.FlowDissector => ("*(u32 *)(r6 +76)", "*(u32 *)(r6 +80)"),
        _ => null,
    };
}
