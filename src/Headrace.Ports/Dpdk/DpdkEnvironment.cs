using System.Runtime.InteropServices;
using System.Text;
using Headrace.Bytecode;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>DPDK's environment abstraction layer, started once a process by the first port, and the packet memory that all its ports share.</summary>
internal sealed unsafe class DpdkEnvironment
{
    /// <summary>Bytes between an mbuf and its buffer: with DPDK's own headroom they make the 256 that programs expect.</summary>
    public const int PrivateSize = 128;

    private static readonly Lock s_lock = new();
    private static DpdkEnvironment? s_started;
    private static HeadraceException? s_failure;

    private readonly delegate* unmanaged<nint, nint*, uint, int> _dequeue;
    private readonly HashSet<ushort> _taken = [];

    private DpdkEnvironment(Dpdk dpdk, nint pool)
    {
        Dpdk = dpdk;
        Pool = pool;
        int operations = *(int*)(pool + DpdkAbi.PoolOperationsIndex);
        byte* entry = dpdk.PoolOperations + DpdkAbi.OperationsTable + operations * DpdkAbi.OperationsSize;
        _dequeue = *(delegate* unmanaged<nint, nint*, uint, int>*)(entry + DpdkAbi.OperationsDequeue);
    }

    /// <summary>The libraries.</summary>
    public Dpdk Dpdk { get; }

    /// <summary>The packet memory (<c>struct rte_mempool</c>).</summary>
    public nint Pool { get; }

    /// <summary>Starts EAL, or takes the one that runs and adds the devices that the options name.</summary>
    /// <exception cref="HeadraceException">DPDK is not installed, or does not start with these options.</exception>
    public static DpdkEnvironment Start(DpdkArguments arguments)
    {
        lock (s_lock)
        {
            if (s_failure is not null)
                throw new HeadraceException($"DPDK can be started once in a process, and an earlier port failed to: {s_failure.Message}", s_failure);
            if (s_started is null)
            {
                _ = Dpdk.Loaded;
                // EAL binds the thread that starts it to its own processors: not one of ours.
                DpdkEnvironment? started = null;
                var thread = new Thread(() =>
                {
                    try
                    {
                        started = Launch(arguments);
                    }
                    catch (HeadraceException error)
                    {
                        s_failure = error;
                    }
                });
                thread.Start();
                thread.Join();
                s_started = started ?? throw s_failure!;
            }
            else if (arguments.Eal.Count > 0)
                s_started.AddDevices(arguments);
            return s_started;
        }
    }

    /// <summary>Claims a device.</summary>
    /// <param name="name">Its name; null for the first that is free.</param>
    /// <exception cref="HeadraceException">There is none such, or it is taken.</exception>
    public ushort Take(string? name)
    {
        lock (s_lock)
        {
            if (name is not null)
            {
                int index = Numbers().FindIndex(number => NameOf(number) == name);
                if (index < 0)
                    throw new HeadraceException($"DPDK has no device '{name}'; it has: {Names()}");
                ushort number = Numbers()[index];
                return _taken.Add(number) ? number : throw new HeadraceException($"another port has the device '{name}'");
            }
            foreach (ushort candidate in Numbers())
            {
                if (_taken.Add(candidate))
                    return candidate;
            }
            throw new HeadraceException($"DPDK has no device that no port has yet; it has: {Names()}. Name one in EAL's options, such as --vdev=net_null0, or bind a card to a driver of DPDK's");
        }
    }

    /// <summary>Gives a device up that was not started.</summary>
    public void Return(ushort number)
    {
        lock (s_lock)
            _taken.Remove(number);
    }

    /// <summary>Stops and closes a device. A virtual one is gone then and can be made again.</summary>
    public void Close(ushort number, string name)
    {
        lock (s_lock)
        {
            _ = Dpdk.Stop(number);
            _ = Dpdk.Close(number);
            if (!name.Contains(':', StringComparison.Ordinal)) // as a PCI address has
                _ = Remove(name);
            _taken.Remove(number);
        }
    }

    /// <summary>Takes mbufs out of the packet memory, all or none.</summary>
    public bool TryTake(nint* mbufs, uint count) => _dequeue(Pool, mbufs, count) == 0;

    /// <summary>The name of a device.</summary>
    public string NameOf(ushort number)
    {
        byte* name = stackalloc byte[DpdkAbi.NameSize];
        return Dpdk.GetNameByPort(number, name) == 0 ? Marshal.PtrToStringUTF8((nint)name) ?? "" : $"port {number}";
    }

    private static DpdkEnvironment Launch(DpdkArguments arguments)
    {
        Dpdk dpdk = Dpdk.Loaded;
        using var log = new DpdkLog(dpdk);
        string[] words = arguments.ForStart();
        // EAL keeps pointers into its arguments.
        byte** pointers = (byte**)NativeMemory.AllocZeroed((nuint)words.Length + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < words.Length; i++)
            pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(words[i]);
        int result = dpdk.EalInit(words.Length, pointers);
        if (result < 0)
            throw new HeadraceException($"DPDK does not start with '{string.Join(' ', words.AsSpan(1))}' (without hugepages: --no-huge):{log.Tail}");
        nint pool = DpdkPool.Create(dpdk);
        if (pool == 0)
            throw new HeadraceException($"DPDK has no {DpdkPool.Bytes >> 20} MiB for packets (with --no-huge: -m 256):{log.Tail}");
        return new DpdkEnvironment(dpdk, pool);
    }

    private void AddDevices(DpdkArguments arguments)
    {
        for (int i = 0; i < arguments.Eal.Count; i++)
        {
            string word = arguments.Eal[i];
            string? device = word.StartsWith("--vdev=", StringComparison.Ordinal) ? word["--vdev=".Length..] : word == "--vdev" && i + 1 < arguments.Eal.Count ? arguments.Eal[++i] : null;
            if (device is null)
                throw new HeadraceException($"'{word}': DPDK runs already, started by an earlier port; only --vdev=... can be added");
            int error = WithText(device, text => Dpdk.Probe(text));
            if (error != 0)
                throw new HeadraceException($"DPDK cannot add the device '{device}': {Dpdk.Describe(error)}");
        }
    }

    private List<ushort> Numbers()
    {
        const ulong Last = 32; // RTE_MAX_ETHPORTS
        var numbers = new List<ushort>();
        for (ulong number = Dpdk.FindNextPort(0); number < Last; number = Dpdk.FindNextPort((ushort)(number + 1)))
            numbers.Add((ushort)number);
        return numbers;
    }

    private string Names()
    {
        string names = string.Join(", ", Numbers().Select(NameOf));
        return names.Length > 0 ? names : "none";
    }

    private int Remove(string device)
    {
        fixed (byte* bus = "vdev\0"u8, name = Encoding.UTF8.GetBytes(device + '\0'))
            return Dpdk.Remove(bus, name);
    }

    private delegate T TextCall<T>(byte* text);

    private static T WithText<T>(string text, TextCall<T> call)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(text + '\0'))
            return call(bytes);
    }
}
