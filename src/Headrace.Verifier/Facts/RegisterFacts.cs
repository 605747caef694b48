using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>What is proved of a register at one place, on every path that comes there.</summary>
/// <param name="Kind">
/// What it holds; <see cref="RegisterKind.NotInitialized"/> when nothing was written to it or paths differ: then nothing is said of it.
/// </param>
/// <param name="Number">
/// A number: its value. A pointer: bytes from the start of its region, which may lie outside of it until an access proves otherwise (from
/// the frame's top for the stack, where offsets are negative; from the packet's first byte for the packet).
/// </param>
/// <param name="MayBeNull">A pointer that may be NULL; then <paramref name="Number"/> holds where it is not.</param>
/// <param name="Map">Map, map value, map key: the map, or the template of the map when it is found in another; null when paths differ.</param>
/// <param name="MapIndex">Index of <paramref name="Map"/> in the collection; -1 for none and for maps found in other maps.</param>
/// <param name="FramesUp">Stack: 0 for the frame of the function itself, 1 for its caller's, and so on; -1 when paths differ.</param>
/// <param name="Size">Memory of a size: bytes it has at least; 0 when not known, and for everything else.</param>
/// <param name="Subprogram">Function: its index in <see cref="VerifiedProgram.FunctionStarts"/>; -1 for everything else.</param>
/// <param name="Flags">What else is known of a pointer.</param>
public sealed record RegisterFacts(
    RegisterKind Kind, NumberFacts Number, bool MayBeNull = false, MapSpec? Map = null, int MapIndex = -1, int FramesUp = 0, int Size = 0,
    int Subprogram = -1, RegisterFlags Flags = RegisterFlags.None)
{
    /// <summary>Nothing is said of the register.</summary>
    public static readonly RegisterFacts None = new(RegisterKind.NotInitialized, NumberFacts.Unknown);

    /// <summary>True for a number.</summary>
    public bool IsNumber => Kind == RegisterKind.Scalar;

    /// <summary>True for a pointer of any kind.</summary>
    public bool IsPointer => Kind is not (RegisterKind.Scalar or RegisterKind.NotInitialized);

    /// <summary>The value of a number that has one, else null.</summary>
    public ulong? Constant => IsNumber ? Number.Constant : null;

    /// <summary>The offset of a pointer when it is one constant, else null.</summary>
    public int? Offset => IsPointer && Number.IsConstant ? (int)Number.SMin : null;

    /// <summary>Describes a register whose variable part is its whole offset and whose frame counts upward from the running one.</summary>
    internal static RegisterFacts Of(in RegisterState state, int mapIndex)
    {
        if (state.Kind == RegisterKind.NotInitialized)
            return None;
        NumberFacts number = NumberFacts.Of(state);
        if (state.Kind == RegisterKind.Scalar)
            return new RegisterFacts(RegisterKind.Scalar, number);
        return new RegisterFacts(
            state.Kind, number, state.MayBeNull, state.Map, mapIndex,
            FramesUp: state.FrameNumber == FactState.UnknownFrame ? -1 : state.FrameNumber,
            Size: state.Kind == RegisterKind.Memory ? state.Detail : 0,
            Subprogram: state.Kind == RegisterKind.Function ? state.Detail : -1,
            Flags: state.Flags & ~RegisterFlags.MayBeNull);
    }

    /// <summary>Where a map stands in a collection; -1 for none and for maps inside others.</summary>
    internal static int IndexOf(IReadOnlyList<MapSpec> maps, MapSpec? map)
    {
        for (int i = 0; map is not null && i < maps.Count; i++)
        {
            if (ReferenceEquals(maps[i], map))
                return i;
        }
        return -1;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string name = new RegisterState { Kind = Kind, Flags = Flags | (MayBeNull ? RegisterFlags.MayBeNull : 0) }.KindName;
        return Kind == RegisterKind.NotInitialized ? "?" : IsNumber ? Number.ToString() : $"{name}{(Map is null ? "" : $" {Map.Name}")}+{Number}";
    }
}
