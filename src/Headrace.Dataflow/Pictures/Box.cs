namespace Headrace.Dataflow;

/// <summary>A rectangle of a picture, in pixels.</summary>
/// <param name="X">Left.</param>
/// <param name="Y">Top.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
internal readonly record struct Box(double X, double Y, double Width, double Height)
{
    /// <summary>The middle, from left.</summary>
    public double Middle => X + Width / 2;

    /// <summary>The lower edge.</summary>
    public double Bottom => Y + Height;
}
