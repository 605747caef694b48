using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Programs by index, for tail calls (<c>BPF_MAP_TYPE_PROG_ARRAY</c>).</summary>
/// <remarks>The programs are managed objects: programs cannot look them up, only jump to them. In values user code writes and reads, a program's id stands for it.</remarks>
internal sealed unsafe class ProgramArrayMap(MapSpec spec, int cpus) : Map(spec, cpus)
{
    private readonly LoadedProgram?[] _programs = new LoadedProgram?[checked((int)spec.MaxEntries)];

    /// <summary>The programs, for engines: null where there is none.</summary>
    public LoadedProgram?[] Programs => _programs;

    internal override LoadedProgram? ProgramAt(uint index) => index < (uint)_programs.Length ? Volatile.Read(ref _programs[index]) : null;

    internal override int SetProgram(uint index, LoadedProgram? program)
    {
        if (index >= (uint)_programs.Length)
            return -Errno.E2BIG;
        Volatile.Write(ref _programs[index], program);
        return 0;
    }

    internal override byte* Lookup(byte* key, int cpu) => null;

    internal override int Update(byte* key, byte* value, ulong flags, int cpu)
    {
        if (flags != 0)
            return -Errno.EINVAL;
        uint index = *(uint*)key;
        if (index >= (uint)_programs.Length)
            return -Errno.E2BIG;
        return LoadedProgram.TryFind(*(int*)value, out LoadedProgram? program) ? SetProgram(index, program) : -Errno.EBADF;
    }

    internal override int Delete(byte* key)
    {
        uint index = *(uint*)key;
        if (index >= (uint)_programs.Length)
            return -Errno.E2BIG;
        return Interlocked.Exchange(ref _programs[index], null) is null ? -Errno.ENOENT : 0;
    }

    internal override int NextKey(byte* key, byte* next) => ArrayKeys.Next(key, next, MaxEntries);

    internal override bool Contains(ulong address, ulong size) => false;

    private protected override int CopyOut(byte* key, byte* value, ulong flags)
    {
        if (ProgramAt(*(uint*)key) is not { } program)
            return -Errno.ENOENT;
        *(int*)value = program.Id;
        return 0;
    }
}
