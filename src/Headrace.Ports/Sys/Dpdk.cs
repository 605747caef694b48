using System.Runtime.InteropServices;
using Headrace.Bytecode;

namespace Headrace.Ports.Sys;

/// <summary>DPDK's libraries, loaded when the first port wants them. The packet functions are called through the table they export, the others by name.</summary>
internal sealed unsafe class Dpdk
{
    private const string Install = "install Debian's librte-meta-net and librte-mempool-ring23 (or dpdk-dev, which has all)";

    private static readonly Lock s_lock = new();
    private static Dpdk? s_loaded;

    private readonly nint _eal;
    private readonly nint _mempool;
    private readonly nint _mbuf;
    private readonly nint _ethdev;

    private Dpdk()
    {
        _eal = Load("librte_eal");
        _mempool = Load("librte_mempool");
        _mbuf = Load("librte_mbuf");
        _ethdev = Load("librte_ethdev");
        Version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)Export(_eal, "rte_version"))()) ?? "";
        if (!Version.StartsWith(DpdkAbi.Release, StringComparison.Ordinal) || sizeof(nint) != 8)
            throw new HeadraceException($"the DPDK found is '{Version}'; this program knows the memory layout of {DpdkAbi.Release} on 64-bit machines");
        PortOperations = (byte*)Export(_ethdev, "rte_eth_fp_ops");
        PoolOperations = (byte*)Export(_mempool, "rte_mempool_ops_table");
        EalInit = (delegate* unmanaged<int, byte**, int>)Export(_eal, "rte_eal_init");
        Probe = (delegate* unmanaged<byte*, int>)Export(_eal, "rte_dev_probe");
        Remove = (delegate* unmanaged<byte*, byte*, int>)Export(_eal, "rte_eal_hotplug_remove");
        ErrorText = (delegate* unmanaged<int, byte*>)Export(_eal, "rte_strerror");
        OpenLog = (delegate* unmanaged<nint, int>)Export(_eal, "rte_openlog_stream");
        RegisterThread = (delegate* unmanaged<int>)Export(_eal, "rte_thread_register");
        CreatePool = (delegate* unmanaged<byte*, uint, uint, ushort, ushort, int, nint>)Export(_mbuf, "rte_pktmbuf_pool_create");
        HasHugePages = (delegate* unmanaged<int>)Export(_eal, "rte_eal_has_hugepages");
        IovaMode = (delegate* unmanaged<int>)Export(_eal, "rte_eal_iova_mode");
        CreateEmptyPool = (delegate* unmanaged<byte*, uint, uint, uint, uint, int, uint, nint>)Export(_mempool, "rte_mempool_create_empty");
        SetPoolOperations = (delegate* unmanaged<nint, byte*, void*, int>)Export(_mempool, "rte_mempool_set_ops_byname");
        FillPool = (delegate* unmanaged<nint, int>)Export(_mempool, "rte_mempool_populate_default");
        VisitPool = (delegate* unmanaged<nint, delegate* unmanaged<nint, void*, byte*, uint, void>, void*, uint>)Export(_mempool, "rte_mempool_obj_iter");
        FreePool = (delegate* unmanaged<nint, void>)Export(_mempool, "rte_mempool_free");
        BestPoolOperations = (delegate* unmanaged<byte*>)Export(_mbuf, "rte_mbuf_best_mempool_ops");
        InitializePool = (delegate* unmanaged<nint, void*, void>)Export(_mbuf, "rte_pktmbuf_pool_init");
        InitializeMbuf = Export(_mbuf, "rte_pktmbuf_init");
        FreeMbufs = (delegate* unmanaged<nint*, uint, void>)Export(_mbuf, "rte_pktmbuf_free_bulk");
        FindNextPort = (delegate* unmanaged<ushort, ulong>)Export(_ethdev, "rte_eth_find_next");
        GetNameByPort = (delegate* unmanaged<ushort, byte*, int>)Export(_ethdev, "rte_eth_dev_get_name_by_port");
        GetDeviceInfo = (delegate* unmanaged<ushort, byte*, int>)Export(_ethdev, "rte_eth_dev_info_get");
        Configure = (delegate* unmanaged<ushort, ushort, ushort, byte*, int>)Export(_ethdev, "rte_eth_dev_configure");
        AdjustRings = (delegate* unmanaged<ushort, ushort*, ushort*, int>)Export(_ethdev, "rte_eth_dev_adjust_nb_rx_tx_desc");
        SetUpReceive = (delegate* unmanaged<ushort, ushort, ushort, int, void*, nint, int>)Export(_ethdev, "rte_eth_rx_queue_setup");
        SetUpTransmit = (delegate* unmanaged<ushort, ushort, ushort, int, void*, int>)Export(_ethdev, "rte_eth_tx_queue_setup");
        Start = (delegate* unmanaged<ushort, int>)Export(_ethdev, "rte_eth_dev_start");
        Stop = (delegate* unmanaged<ushort, int>)Export(_ethdev, "rte_eth_dev_stop");
        Close = (delegate* unmanaged<ushort, int>)Export(_ethdev, "rte_eth_dev_close");
        EnablePromiscuous = (delegate* unmanaged<ushort, int>)Export(_ethdev, "rte_eth_promiscuous_enable");
        GetLink = (delegate* unmanaged<ushort, ulong*, int>)Export(_ethdev, "rte_eth_link_get_nowait");
        GetStatistics = (delegate* unmanaged<ushort, byte*, int>)Export(_ethdev, "rte_eth_stats_get");
    }

    /// <summary>What <c>rte_version()</c> says.</summary>
    public string Version { get; }

    /// <summary><c>rte_eth_fp_ops</c>.</summary>
    public byte* PortOperations { get; }

    /// <summary><c>rte_mempool_ops_table</c>.</summary>
    public byte* PoolOperations { get; }

    public delegate* unmanaged<int, byte**, int> EalInit { get; }
    public delegate* unmanaged<byte*, int> Probe { get; }
    public delegate* unmanaged<byte*, byte*, int> Remove { get; }
    public delegate* unmanaged<int, byte*> ErrorText { get; }
    public delegate* unmanaged<nint, int> OpenLog { get; }
    public delegate* unmanaged<int> RegisterThread { get; }
    public delegate* unmanaged<byte*, uint, uint, ushort, ushort, int, nint> CreatePool { get; }
    public delegate* unmanaged<int> HasHugePages { get; }
    public delegate* unmanaged<int> IovaMode { get; }
    public delegate* unmanaged<byte*, uint, uint, uint, uint, int, uint, nint> CreateEmptyPool { get; }
    public delegate* unmanaged<nint, byte*, void*, int> SetPoolOperations { get; }
    public delegate* unmanaged<nint, int> FillPool { get; }
    public delegate* unmanaged<nint, delegate* unmanaged<nint, void*, byte*, uint, void>, void*, uint> VisitPool { get; }
    public delegate* unmanaged<nint, void> FreePool { get; }
    public delegate* unmanaged<byte*> BestPoolOperations { get; }
    public delegate* unmanaged<nint, void*, void> InitializePool { get; }
    public void* InitializeMbuf { get; }
    public delegate* unmanaged<nint*, uint, void> FreeMbufs { get; }
    public delegate* unmanaged<ushort, ulong> FindNextPort { get; }
    public delegate* unmanaged<ushort, byte*, int> GetNameByPort { get; }
    public delegate* unmanaged<ushort, byte*, int> GetDeviceInfo { get; }
    public delegate* unmanaged<ushort, ushort, ushort, byte*, int> Configure { get; }
    public delegate* unmanaged<ushort, ushort*, ushort*, int> AdjustRings { get; }
    public delegate* unmanaged<ushort, ushort, ushort, int, void*, nint, int> SetUpReceive { get; }
    public delegate* unmanaged<ushort, ushort, ushort, int, void*, int> SetUpTransmit { get; }
    public delegate* unmanaged<ushort, int> Start { get; }
    public delegate* unmanaged<ushort, int> Stop { get; }
    public delegate* unmanaged<ushort, int> Close { get; }
    public delegate* unmanaged<ushort, int> EnablePromiscuous { get; }
    public delegate* unmanaged<ushort, ulong*, int> GetLink { get; }
    public delegate* unmanaged<ushort, byte*, int> GetStatistics { get; }

    /// <summary>Loads the libraries once.</summary>
    /// <exception cref="HeadraceException">They are not installed, or of another version.</exception>
    public static Dpdk Loaded
    {
        get
        {
            lock (s_lock)
                return s_loaded ??= new Dpdk();
        }
    }

    /// <summary>A C library's error number in DPDK's words.</summary>
    public string Describe(int error) => Marshal.PtrToStringUTF8((nint)ErrorText(Math.Abs(error))) ?? $"error {error}";

    private static nint Load(string library)
    {
        string file = $"{library}.so.{DpdkAbi.Version}";
        if (NativeLibrary.TryLoad(file, out nint handle))
            return handle;
        string[] others = [.. new[] { "20.0", "21", "22", "24", "25", "26" }.Where(version => NativeLibrary.TryLoad($"{library}.so.{version}", out _))];
        throw new HeadraceException(others.Length == 0
            ? $"DPDK is not installed ({file} is not found): {Install}"
            : $"{library}.so.{others[0]} is of another DPDK than {DpdkAbi.Release} (ABI {DpdkAbi.Version}), whose memory layout this program knows: {Install}");
    }

    private static void* Export(nint library, string name) => NativeLibrary.TryGetExport(library, name, out nint address)
        ? (void*)address
        : throw new HeadraceException($"DPDK's libraries lack {name}, which {DpdkAbi.Release} has");
}
