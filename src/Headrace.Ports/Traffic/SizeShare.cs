namespace Headrace.Ports;

/// <summary>A range of frame lengths and its weight among the others.</summary>
/// <param name="Minimum">Shortest frame in bytes, without frame check sequence.</param>
/// <param name="Maximum">Longest frame in bytes; lengths between are equally likely.</param>
/// <param name="Weight">How often this range is drawn, relative to the others.</param>
public readonly record struct SizeShare(int Minimum, int Maximum, int Weight)
{
    /// <inheritdoc/>
    public override string ToString() => (Minimum == Maximum ? $"{Minimum}" : $"{Minimum}-{Maximum}") + $":{Weight}";
}
