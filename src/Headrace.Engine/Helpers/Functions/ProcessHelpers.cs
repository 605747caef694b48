using System.Globalization;
using System.Text;

namespace Headrace.Engine;

/// <summary>Helpers that tell where the program runs. "The current task" is this process.</summary>
internal static unsafe class ProcessHelpers
{
    private const int NameSize = 16; // TASK_COMM_LEN, include/linux/sched.h

    private static readonly ulong s_userAndGroup = (ulong)ReadId("Gid:") << 32 | ReadId("Uid:");
    private static readonly byte[] s_name = ReadName();

    public static ulong GetPrandomU32<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => machine.NextRandom();

    public static ulong GetSmpProcessorId<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => (uint)machine.State->Cpu;

    /// <summary>Node 0: engines do not place their memory by node.</summary>
    public static ulong GetNumaNodeId<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => 0;

    /// <summary>Process number in both halves: threads of a pool have no lasting number of their own.</summary>
    public static ulong GetCurrentPidTgid<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => (ulong)(uint)Environment.ProcessId << 32 | (uint)Environment.ProcessId;

    public static ulong GetCurrentUidGid<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => s_userAndGroup;

    public static ulong GetCurrentComm<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        int size = (int)(uint)r2;
        var buffer = new Span<byte>(TAccess.Write(machine, r1, (uint)size), size);
        int length = Math.Min(s_name.Length, size - 1);
        buffer.Clear();
        if (length > 0)
            s_name.AsSpan(0, length).CopyTo(buffer);
        return 0;
    }

    /// <summary>Class 0, the one of sockets and tasks outside every net_cls group.</summary>
    public static ulong GetCgroupClassid<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => 0;

    private static uint ReadId(string field)
    {
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
            return 0;
        string? line = File.ReadLines(Status).FirstOrDefault(text => text.StartsWith(field, StringComparison.Ordinal));
        return line is not null && uint.TryParse(line[field.Length..].Split('\t', StringSplitOptions.RemoveEmptyEntries)[0],
            NumberStyles.None, CultureInfo.InvariantCulture, out uint id) ? id : 0;
    }

    private static byte[] ReadName()
    {
        byte[] name = Encoding.UTF8.GetBytes(Path.GetFileNameWithoutExtension(Environment.ProcessPath) ?? "headrace");
        return name.Length < NameSize ? name : name[..(NameSize - 1)];
    }
}
