namespace Headrace.Engine;

/// <summary>What the batch engine does about one look-up of a program.</summary>
/// <param name="Map">The map.</param>
/// <param name="Slot">The instruction that looks up.</param>
/// <param name="Bytes">Bytes of the map that are in use, as last measured.</param>
/// <param name="Stage">The stage that fetches its entries, from 1; the first one where it depends on the packet; 0 when it is not staged.</param>
/// <param name="Share">Share of packets it was fetched for, 0 to 1, among those looked at.</param>
public sealed record StageReport(Map Map, int Slot, ulong Bytes, int Stage, double Share);
