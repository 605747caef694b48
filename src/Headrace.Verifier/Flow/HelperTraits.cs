using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>What of helpers matters to the flow of control.</summary>
internal static class HelperTraits
{
    /// <summary>True for a helper that calls a function of the program before it returns.</summary>
    public static bool CallsBack(HelperId helper) => helper is HelperId.ForEachMapElem or HelperId.FindVma or HelperId.Loop or HelperId.UserRingbufDrain;

    /// <summary>True for a helper that has a function of the program called later.</summary>
    public static bool CallsBackLater(HelperId helper) => helper == HelperId.TimerSetCallback;
}
