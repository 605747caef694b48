namespace Headrace.Testing;

/// <summary>Fills a Maglev look-up table (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016, section 3.4).</summary>
public static class MaglevRing
{
    /// <summary>Gives every position of the ring one of the servers, each about as many, in a way that few positions change when a server comes or goes.</summary>
    /// <param name="servers">The servers' numbers; at least one, each once.</param>
    /// <param name="size">Positions, a prime: every server then visits all of them.</param>
    public static uint[] Fill(IReadOnlyList<uint> servers, int size)
    {
        ArgumentOutOfRangeException.ThrowIfZero(servers.Count);
        var ring = new uint?[size];
        var next = new int[servers.Count];
        for (int filled = 0; ;)
        {
            for (int i = 0; i < servers.Count; i++)
            {
                // A server's order of preference: a start and a step of its own, drawn from its number.
                ulong start = FlowHash.Mix(servers[i] + 1UL) % (ulong)size;
                ulong step = FlowHash.Mix(~(ulong)servers[i]) % (ulong)(size - 1) + 1;
                int position;
                do
                    position = (int)((start + (ulong)next[i]++ * step) % (ulong)size);
                while (ring[position] is not null);
                ring[position] = servers[i];
                if (++filled == size)
                    return [.. ring.Select(server => server!.Value)];
            }
        }
    }
}
