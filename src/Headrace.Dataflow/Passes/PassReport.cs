namespace Headrace.Dataflow;

/// <summary>What a pass did to a graph.</summary>
/// <param name="Name">The pass.</param>
/// <param name="Summary">What it is for.</param>
/// <param name="Changes">Places it changed, over all its runs.</param>
/// <param name="ActorsBefore">Actors before its runs, summed.</param>
/// <param name="ActorsAfter">Actors after its runs, summed.</param>
/// <param name="Time">Time it took, with the analyses it made necessary.</param>
public sealed record PassReport(string Name, string Summary, int Changes, int ActorsBefore, int ActorsAfter, TimeSpan Time);
