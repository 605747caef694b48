using System.Numerics;

namespace Headrace.Engine;

/// <summary>Longest-prefix match over addresses of one width: a dictionary a prefix length, asked from the longest down.</summary>
/// <typeparam name="TAddress">An unsigned integer as wide as the address, most significant bit first on the wire.</typeparam>
internal sealed class PrefixTable<TAddress> where TAddress : struct, IBinaryInteger<TAddress>, IUnsignedNumber<TAddress>
{
    private readonly Dictionary<TAddress, List<Route>>?[] _byLength;
    private readonly int _width = TAddress.AllBitsSet is UInt128 ? 128 : 32;
    private int[] _lengths = []; // in use, longest first

    public PrefixTable() => _byLength = new Dictionary<TAddress, List<Route>>?[_width + 1];

    /// <summary>Adds a route; of those with the same prefix the one with the lowest metric answers.</summary>
    public void Add(TAddress network, int length, Route route)
    {
        Dictionary<TAddress, List<Route>>? routes = _byLength[length];
        if (routes is null)
        {
            _byLength[length] = routes = [];
            _lengths = [.. _lengths.Append(length).OrderDescending()];
        }
        if (!routes.TryGetValue(network & Mask(length), out List<Route>? candidates))
            routes[network & Mask(length)] = candidates = [];
        int at = candidates.FindIndex(other => other.Metric > route.Metric);
        candidates.Insert(at < 0 ? candidates.Count : at, route);
    }

    /// <summary>Takes a route away; false when it is not there.</summary>
    public bool Remove(TAddress network, int length, Route route)
    {
        Dictionary<TAddress, List<Route>>? routes = _byLength[length];
        if (routes is null || !routes.TryGetValue(network & Mask(length), out List<Route>? candidates) || !candidates.Remove(route))
            return false;
        if (candidates.Count == 0)
            routes.Remove(network & Mask(length));
        return true;
    }

    /// <summary>The route of the longest prefix that <paramref name="address"/> is in, or null.</summary>
    public Route? Find(TAddress address)
    {
        foreach (int length in _lengths)
        {
            if (_byLength[length]!.TryGetValue(address & Mask(length), out List<Route>? candidates))
                return candidates[0];
        }
        return null;
    }

    private TAddress Mask(int length) => length == 0 ? TAddress.Zero : TAddress.AllBitsSet << (_width - length);
}
