using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>What programs may return, by type.</summary>
internal static class ReturnRules
{
    /// <summary>The range a type's programs must return; null when any number, or even a pointer, will do.</summary>
    public static ReturnRange? Of(ProgramType type, AttachType attachType) => type switch
    {
        ProgramType.CgroupSkb => attachType == AttachType.CgroupInetEgress ? new ReturnRange(0, 3) : new ReturnRange(0, 1),
        ProgramType.CgroupSock or ProgramType.SockOps or ProgramType.CgroupDevice or ProgramType.CgroupSysctl or ProgramType.CgroupSockopt
            or ProgramType.SkLookup or ProgramType.Netfilter => new ReturnRange(0, 1),
        _ => null,
    };
}
