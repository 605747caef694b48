namespace Headrace.Bench;

/// <summary>How something that forwards is wired to both sides of a testpmd. Each text is made of a socket's path.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="FirstBursts">Bursts of 32 that go round: as many as the rings hold with room to spare.</param>
/// <param name="Outer">The outer testpmd's device.</param>
/// <param name="Port">Our port in the middle.</param>
/// <param name="Peer">A testpmd's device in the middle.</param>
/// <param name="ListensFirst">True when the socket is the middle's, which then must be there first.</param>
internal sealed record MiddleWiring(string Name, int FirstBursts, Func<string, string> Outer, Func<string, string> Port, Func<string, string> Peer, bool ListensFirst);
