namespace Headrace.Dataflow;

/// <summary>What goes along one exit of a block.</summary>
/// <param name="Target">The block it activates.</param>
/// <param name="Transfers">Tokens: from a place here to a place there.</param>
/// <param name="Constants">Literals: to a place there.</param>
/// <param name="Releases">Regions that are not touched again by this packet: the place whose token says that they are free.</param>
/// <param name="IsBackward">True when it closes a loop.</param>
internal sealed record ExitPlan(
    BlockPlan Target, (int From, int To)[] Transfers, (Operand From, int To)[] Constants, (int Region, int From)[] Releases, bool IsBackward);
