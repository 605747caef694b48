using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Whether the kernel knows a program type: its shortest program loads, or is refused for want of a target only.</summary>
internal static class ProgramTypeProbe
{
    private static readonly Instruction[] s_shortest = [Instruction.Mov(Register.R0, 0), Instruction.Exit()];

    public static bool Exists(ProgramType type)
    {
        int result = ProbeProgram.TryLoad(type, s_shortest, out string log, attachBtfId: NeedsTarget(type) ? 1u : 0);
        ProbeProgram.RequireRight(result);
        // Netfilter and SkLookup want other return values than 0; that they are judged at all shows that they are known.
        return result == 0 || log.Contains("At program exit", StringComparison.Ordinal) || (NeedsTarget(type) && WasLookedAt(type, result, log));
    }

    /// <summary>Types whose programs stand for typed kernel code or another program.</summary>
    public static bool NeedsTarget(ProgramType type) => type is ProgramType.Tracing or ProgramType.Lsm or ProgramType.Ext or ProgramType.StructOps;

    // Type 1 is no function: a kernel that knows the program type gets as far as saying so.
    private static bool WasLookedAt(ProgramType type, int result, string log) => type switch
    {
        ProgramType.StructOps => result == -ErrorNumber.ENOTSUPP || log.Length > 0,
        ProgramType.Ext => log.Contains("replace", StringComparison.OrdinalIgnoreCase) || log.Contains("attach_btf_id", StringComparison.Ordinal),
        _ => log.Contains("attach_btf_id", StringComparison.Ordinal),
    };
}
