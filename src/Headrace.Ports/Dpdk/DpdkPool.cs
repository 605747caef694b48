using System.Runtime.InteropServices;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>Makes the packet memory of DPDK's ports.</summary>
internal static unsafe class DpdkPool
{
    private const uint Count = 16383, Cache = 512;
    private const ushort DataRoom = DpdkAbi.MbufHeadroom + 2048;

    /// <summary>Bytes it takes, about.</summary>
    public const long Bytes = Count * (DataRoom + 384L);

    /// <summary>Makes it.</summary>
    /// <returns>The <c>struct rte_mempool</c>; 0 when there is not enough memory.</returns>
    public static nint Create(Dpdk dpdk)
    {
        fixed (byte* name = "headrace\0"u8)
        {
            return dpdk.HasHugePages() == 0 && dpdk.IovaMode() == DpdkAbi.IovaIsVirtual
                ? CreatePacked(dpdk, name)
                : dpdk.CreatePool(name, Count, Cache, DpdkEnvironment.PrivateSize, DataRoom, DpdkAbi.AnySocket);
        }
    }

    /// <remarks>
    /// Without hugepages DPDK keeps buffers from crossing pages, so that each begins a page: their headers then share a few sets of the
    /// first-level cache and drive each other out, which makes a burst on net_null cost three times as much. Where devices use our own
    /// addresses pages do not matter, and buffers may lie end to end.
    /// </remarks>
    private static nint CreatePacked(Dpdk dpdk, byte* name)
    {
        uint element = DpdkAbi.MbufSize + DpdkEnvironment.PrivateSize + DataRoom;
        nint pool = dpdk.CreateEmptyPool(name, Count, element, Cache, DpdkAbi.PoolPrivateSize, DpdkAbi.AnySocket, DpdkAbi.PoolMayCrossPages);
        if (pool == 0)
            return 0;
        ulong sizes = DataRoom | ((ulong)DpdkEnvironment.PrivateSize << 16); // struct rte_pktmbuf_pool_private: both, and no flags
        int result = dpdk.SetPoolOperations(pool, dpdk.BestPoolOperations(), null);
        if (result == 0)
        {
            dpdk.InitializePool(pool, &sizes);
            result = dpdk.FillPool(pool);
        }
        if (result < 0)
        {
            dpdk.FreePool(pool);
            return 0;
        }
        _ = dpdk.VisitPool(pool, (delegate* unmanaged<nint, void*, byte*, uint, void>)dpdk.InitializeMbuf, null);
        _ = dpdk.VisitPool(pool, &SetAddress, null);
        return pool;
    }

    // A pool that may cross pages leaves its elements without an address for devices.
    [UnmanagedCallersOnly]
    private static void SetAddress(nint pool, void* argument, byte* mbuf, uint index) =>
        *(ulong*)(mbuf + DpdkAbi.MbufDeviceAddress) = *(ulong*)(mbuf + DpdkAbi.MbufBuffer);
}
