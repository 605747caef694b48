using System.Text;

namespace Headrace.Linux.Sys;

/// <content>Objects the kernel holds: by number, by path, and what it tells of them.</content>
internal static unsafe partial class Bpf
{
    /// <summary>The ids that exist, ascending; objects that come or go meanwhile may be missed.</summary>
    public static IEnumerable<uint> Ids(BpfCommand command, string call)
    {
        var attributes = new IdAttr();
        while (true)
        {
            int result = Call(command, ref attributes);
            if (result == -ErrorNumber.ENOENT)
                yield break;
            ThrowIfError(result, call, "the list of objects");
            yield return attributes.NextId;
            attributes.Id = attributes.NextId;
        }
    }

    /// <summary>Opens an object by its id.</summary>
    public static Descriptor OpenById(BpfCommand command, string call, uint id, string subject)
    {
        var attributes = new IdAttr { Id = id };
        return new Descriptor(ThrowIfError(Call(command, ref attributes), call, subject));
    }

    /// <summary>Opens an object by its id.</summary>
    /// <returns>The descriptor; null when there is no such object (any more).</returns>
    public static Descriptor? TryOpenById(BpfCommand command, string call, uint id, string subject)
    {
        var attributes = new IdAttr { Id = id };
        int result = Call(command, ref attributes);
        return result == -ErrorNumber.ENOENT ? null : new Descriptor(ThrowIfError(result, call, subject));
    }

    /// <summary>Gives an object a path.</summary>
    public static void Pin(Descriptor descriptor, string path, string subject)
    {
        fixed (byte* pointer = CString(path))
        {
            var attributes = new PinAttr { Path = pointer, Fd = descriptor.Value };
            ThrowIfError(Call(BpfCommand.ObjectPin, ref attributes), "BPF_OBJ_PIN", $"{subject} at {path}");
        }
    }

    /// <summary>Opens the object of a path.</summary>
    /// <returns>The descriptor; null when there is nothing of that name.</returns>
    public static Descriptor? TryGetPinned(string path)
    {
        fixed (byte* pointer = CString(path))
        {
            var attributes = new PinAttr { Path = pointer };
            int result = Call(BpfCommand.ObjectGet, ref attributes);
            return result == -ErrorNumber.ENOENT ? null : new Descriptor(ThrowIfError(result, "BPF_OBJ_GET", path));
        }
    }

    /// <summary>Asks the kernel for an object's record; what it does not know stays as it was.</summary>
    public static void GetInfo<T>(Descriptor descriptor, ref T info, string subject) where T : unmanaged
    {
        fixed (T* pointer = &info)
        {
            var attributes = new InfoAttr { Fd = descriptor.Value, Length = (uint)sizeof(T), Info = pointer };
            ThrowIfError(Call(BpfCommand.ObjectGetInfoByFd, ref attributes), "BPF_OBJ_GET_INFO_BY_FD", subject);
        }
    }

    /// <summary>Turns run statistics on for as long as the descriptor is open.</summary>
    public static Descriptor EnableStatistics()
    {
        var attributes = new StatsAttr(); // BPF_STATS_RUN_TIME is 0
        return new Descriptor(ThrowIfError(Call(BpfCommand.EnableStats, ref attributes), "BPF_ENABLE_STATS", "run statistics"));
    }

    private static byte[] CString(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
