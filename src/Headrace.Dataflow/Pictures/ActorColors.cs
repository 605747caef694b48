namespace Headrace.Dataflow;

/// <summary>The colours of actors: by the memory they touch, or by how often they fired.</summary>
internal static class ActorColors
{
    /// <summary>What the colours mean, for the legend.</summary>
    public static readonly (string Name, string Color)[] Legend =
    [
        ("packet", "#cfe3ff"), ("context", "#d6f2d0"), ("stack", "#fff3bf"), ("map", "#ffd9b0"), ("helper", "#e8d5ff"),
        ("arithmetic", "#ffffff"), ("merge, select", "#eef1f4"), ("control", "#d4dae1"),
    ];

    /// <summary>Colour of an actor by what it touches.</summary>
    public static string Of(Actor actor) => Legend[Class(actor)].Color;

    /// <summary>Colour by firings a packet: from white, never, over yellow, once, to red, ten times and more.</summary>
    public static string Heat(double firings)
    {
        if (firings <= 0)
            return "#ffffff";
        // Green falls as firings rise; blue is gone at once.
        double share = Math.Min(1, firings <= 1 ? firings / 2 : 0.5 + Math.Log10(firings) / 2);
        int green = (int)(250 - 170 * share), blue = (int)(215 - 175 * share);
        return $"#ff{green:x2}{blue:x2}";
    }

    private static int Class(Actor actor)
    {
        switch (actor.Kind)
        {
            case ActorKind.Merge or ActorKind.Select:
                return 6;
            case ActorKind.Helper or ActorKind.Call:
                return HelperEffects.MapIndex(actor) >= 0 ? 3 : 4;
            case ActorKind.PacketLoad:
                return 0;
            case >= ActorKind.Goto:
                return 7;
            case ActorKind.Load or ActorKind.Store or ActorKind.Atomic or ActorKind.CopyBytes or ActorKind.ClearBytes:
                return actor.Inputs[0].Facts.Pointer.Kind switch
                {
                    PointerKind.Packet => 0,
                    PointerKind.Context => 1,
                    PointerKind.Stack => 2,
                    PointerKind.MapValue => 3,
                    _ => 4,
                };
            default:
                return 5;
        }
    }
}
