using System.Runtime.InteropServices;

namespace Headrace.Engine.Jit;

/// <summary>What loads of context fields are known to give.</summary>
internal static class ContextFields
{
    private static readonly int s_data = (int)Marshal.OffsetOf<Frame>(nameof(Frame.Data));
    private static readonly int s_end = (int)Marshal.OffsetOf<Frame>(nameof(Frame.End));

    /// <summary>The value an access gives: a packet pointer, or <paramref name="number"/>.</summary>
    public static AbstractValue Loaded(ContextAccess access, AbstractValue number)
    {
        if (access.Source != ContextSource.Frame || access.Width != sizeof(ulong))
            return number;
        return access.Offset == s_data ? AbstractValue.PacketStart
            : access.Offset == s_end ? AbstractValue.PacketEnd
            : AbstractValue.Any;
    }
}
