using System.Collections.Concurrent;
using Headrace.Bytecode;

namespace Headrace.Linux;

/// <summary>What the running kernel can do, found out by trying and remembered for the life of the process.</summary>
/// <remarks>Every method throws <see cref="KernelException"/> (<c>EPERM</c>) where the process may not try at all.</remarks>
public static class KernelFeatures
{
    // BPF_MAXINSNS before Linux 5.2, include/uapi/linux/bpf_common.h
    private const int OldInstructionLimit = 4096;

    private static readonly ConcurrentDictionary<ProgramType, bool> s_programs = new();
    private static readonly ConcurrentDictionary<MapType, bool> s_maps = new();
    private static readonly ConcurrentDictionary<(ProgramType, HelperId), bool?> s_helpers = new();
    private static readonly ConcurrentDictionary<string, bool> s_misc = new(StringComparer.Ordinal);

    /// <summary>Programs of more than 4096 instructions (Linux 5.2).</summary>
    public static bool HasLargePrograms =>
        Has("large", [.. Enumerable.Repeat(Instruction.Mov(Register.R0, 0), OldInstructionLimit), Instruction.Exit()]);

    /// <summary>Loops whose end the verifier finds by walking them (Linux 5.3).</summary>
    public static bool HasBoundedLoops => Has("loops",
        [Instruction.Mov(Register.R0, 10), Instruction.Add(Register.R0, -1), Instruction.Jump(JumpOp.Jne, Register.R0, 0, -2), Instruction.Exit()]);

    /// <summary>Less-than jumps: <c>-mcpu=v2</c> (Linux 4.14).</summary>
    public static bool HasInstructionSetV2 => Has("v2",
        [Instruction.Mov(Register.R0, 0), Instruction.Jump(JumpOp.Jlt, Register.R0, 0, 0), Instruction.Exit()]);

    /// <summary>32-bit jumps: <c>-mcpu=v3</c> (Linux 5.1).</summary>
    public static bool HasInstructionSetV3 => Has("v3",
        [Instruction.Mov(Register.R0, 0), Instruction.Jump32(JumpOp.Jlt, Register.R0, 0, 0), Instruction.Exit()]);

    /// <summary>Sign-extending moves, unconditional byte swaps and long jumps: <c>-mcpu=v4</c> (Linux 6.6).</summary>
    public static bool HasInstructionSetV4 => Has("v4",
        [Instruction.Mov(Register.R0, 0), Instruction.MovSx(Register.R0, Register.R0, 8), Instruction.Exit()]);

    /// <summary>Links of tc programs (tcx, Linux 6.6).</summary>
    public static bool HasTcxLinks => s_misc.GetOrAdd("tcx-link", static _ => LinkProbe.Exists(ProgramType.SchedCls, AttachType.TcxIngress));

    /// <summary>True when the kernel loads programs of this type.</summary>
    /// <exception cref="KernelException">The process may not try.</exception>
    public static bool HasProgramType(ProgramType type) => s_programs.GetOrAdd(type, ProgramTypeProbe.Exists);

    /// <summary>True when the kernel makes maps of this type.</summary>
    /// <exception cref="KernelException">The process may not try.</exception>
    public static bool HasMapType(MapType type) => s_maps.GetOrAdd(type, MapTypeProbe.Exists);

    /// <summary>Whether programs of this type may call this helper, whatever their licence and attach type.</summary>
    /// <returns>Null for types whose programs only load with a target in the kernel's types (tracing, LSM, extensions, struct_ops): those cannot be tried.</returns>
    /// <exception cref="KernelException">The process may not try.</exception>
    public static bool? HasHelper(ProgramType type, HelperId helper) => s_helpers.GetOrAdd((type, helper), key => HelperProbe.Allows(key.Item1, key.Item2));

    /// <summary>The helpers that programs of this type may call, ascending; empty for types that cannot be tried.</summary>
    /// <exception cref="KernelException">The process may not try.</exception>
    public static IReadOnlyList<HelperId> HelpersOf(ProgramType type) =>
        [.. Enumerable.Range(1, HelperNames.Count - 1).Select(id => (HelperId)id).Where(id => HasHelper(type, id) == true)];

    private static bool Has(string feature, Instruction[] instructions) => s_misc.GetOrAdd(feature, static (_, program) =>
    {
        int result = ProbeProgram.TryLoad(ProgramType.SocketFilter, program, out _);
        ProbeProgram.RequireRight(result);
        return result == 0;
    }, instructions);
}
