namespace Headrace.Ports;

/// <summary>A frame's way between workers, in the 64 bits of <see cref="Engine.Frame.Buffer"/>.</summary>
/// <param name="Kind">What to do with it.</param>
/// <param name="Port">The port it came in by or goes out by.</param>
/// <param name="Number">The outcome to finish with, or the program to run.</param>
internal readonly record struct HandoffTag(HandoffKind Kind, int Port, int Number)
{
    public ulong Value => (ulong)(uint)Number << 32 | (uint)Port << 8 | (uint)Kind;

    public static HandoffTag Of(ulong value) => new((HandoffKind)(byte)value, (int)((uint)value >> 8), (int)(value >> 32));
}
