namespace Headrace.Linux;

/// <summary>A tc program that is attached to a device, whoever attached it.</summary>
/// <param name="ProgramId">The program.</param>
/// <param name="Direction">Which packets it sees.</param>
/// <param name="LinkId">The link that holds it (tcx); 0 for tcx without a link and for filters.</param>
/// <param name="IsFilter">True for a filter of a queueing discipline, false for tcx.</param>
/// <param name="Priority">Of a filter: its priority.</param>
/// <param name="Handle">Of a filter: its handle.</param>
/// <param name="Name">Of a filter: the name it was given; else empty.</param>
public sealed record TcAttachment(uint ProgramId, TcDirection Direction, uint LinkId, bool IsFilter, ushort Priority, uint Handle, string Name);
