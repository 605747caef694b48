namespace Headrace.Engine;

/// <summary>Where the value of a context field is kept.</summary>
internal enum ContextSource : byte
{
    /// <summary>In the <see cref="Engine.Frame"/>, at the field's offset.</summary>
    Frame,

    /// <summary>In the <see cref="SkbFields"/> that <see cref="Engine.Frame.Skb"/> points to, at the field's offset.</summary>
    Skb,

    /// <summary>Computed: the packet's length, <c>End - Data</c>.</summary>
    Length,

    /// <summary>Always 0: sockets and what the engine never has.</summary>
    Zero,
}
