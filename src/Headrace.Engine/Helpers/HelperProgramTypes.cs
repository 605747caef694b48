using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>From program types to <see cref="HelperPrograms"/>.</summary>
internal static class HelperProgramTypes
{
    /// <summary>The kind of a program type; <see cref="HelperPrograms.None"/> for types that do not see packets.</summary>
    public static HelperPrograms Of(ProgramType type) => type switch
    {
        ProgramType.Xdp => HelperPrograms.Xdp,
        ProgramType.SchedCls or ProgramType.SchedAct => HelperPrograms.Tc,
        ProgramType.SocketFilter => HelperPrograms.SocketFilter,
        ProgramType.CgroupSkb => HelperPrograms.CgroupSkb,
        ProgramType.LwtIn or ProgramType.LwtOut => HelperPrograms.LwtInOut,
        ProgramType.LwtXmit => HelperPrograms.LwtXmit,
        _ => HelperPrograms.None,
    };
}
