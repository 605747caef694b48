using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>What of helpers matters to the flow of control.</summary>
internal static class HelperTraits
{
    /// <summary>True for a helper that calls a function of the program before it returns.</summary>
    public static bool CallsBack(HelperId helper) => helper is HelperId.ForEachMapElem or HelperId.FindVma or HelperId.Loop or HelperId.UserRingbufDrain;

    /// <summary>True for a helper that has a function of the program called later.</summary>
    public static bool CallsBackLater(HelperId helper) => helper == HelperId.TimerSetCallback;

    /// <summary>The argument (1 to 5) by which a helper is given a map, or a value that names one; -1 for none.</summary>
    public static int MapArgument(HelperId helper, ProgramType type)
    {
        Argument[] arguments = HelperPrototypes.Find(helper, type)?.Arguments ?? [];
        int index = Array.FindIndex(arguments, argument => argument.Kind is ArgumentKind.Map or ArgumentKind.Timer);
        return index < 0 ? -1 : index + 1;
    }
}
