namespace Headrace.Engine;

public abstract unsafe partial class Map
{
    /// <summary>The program at an index of a program array; null when the slot is empty, out of range, or the map is none.</summary>
    internal virtual LoadedProgram? ProgramAt(uint index) => null;

    /// <summary>Puts a program into a program array (null: empties the slot); 0 or -errno.</summary>
    internal virtual int SetProgram(uint index, LoadedProgram? program) => -Errno.EINVAL;

    /// <summary>Puts a map into an array or hash of maps; 0 or -errno.</summary>
    internal virtual int SetInnerMap(byte* key, Map inner, ulong flags) => -Errno.EINVAL;
}
