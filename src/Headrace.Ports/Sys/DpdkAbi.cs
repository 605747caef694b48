namespace Headrace.Ports.Sys;

/// <summary>Where fields lie in DPDK's structures: ABI 23, which is DPDK 22.11, on 64-bit machines (the public headers rte_mbuf_core.h, rte_ethdev.h, rte_mempool.h).</summary>
internal static class DpdkAbi
{
    /// <summary>Number behind <c>.so.</c>.</summary>
    public const string Version = "23";

    /// <summary>What <c>rte_version()</c> begins with.</summary>
    public const string Release = "DPDK 22.11";

    // struct rte_mbuf
    public const int MbufSize = 128;
    public const int MbufBuffer = 0;
    public const int MbufDeviceAddress = 8;
    public const int MbufDataOffset = 16;
    public const int MbufReferences = 18;
    public const int MbufSegments = 20;
    public const int MbufFlags = 24;
    public const int MbufPacketLength = 36;
    public const int MbufDataLength = 40;
    public const int MbufBufferLength = 54;
    public const int MbufPool = 56;
    public const int MbufNext = 64;

    /// <summary>Bytes that drivers leave before a packet (RTE_PKTMBUF_HEADROOM).</summary>
    public const int MbufHeadroom = 128;

    // struct rte_eth_fp_ops, one a port
    public const int PortOperations = 128;
    public const int ReceiveFunction = 0;
    public const int ReceiveQueues = 3 * 8;
    public const int TransmitFunction = 8 * 8;
    public const int TransmitQueues = 11 * 8;

    // struct rte_eth_dev_info
    public const int DeviceInfoSize = 376;
    public const int DeviceDriverName = 8;
    public const int DeviceMaxPacket = 36;
    public const int DeviceMaxReceiveQueues = 44;
    public const int DeviceMaxTransmitQueues = 46;
    public const int DeviceRss = 112;

    // struct rte_eth_conf
    public const int ConfigurationSize = 2272;
    public const int ConfigurationMultiQueue = 8;
    public const int ConfigurationRssFields = 144;
    public const uint MultiQueueRss = 1; // RTE_ETH_MQ_RX_RSS

    // struct rte_eth_stats
    public const int StatisticsSize = 704;
    public const int StatisticsMissed = 32;
    public const int StatisticsErrors = 40;
    public const int StatisticsNoBuffer = 56;

    // struct rte_mempool and its table of operations
    public const int PoolOperationsIndex = 88;
    public const int OperationsTable = 64;
    public const int OperationsSize = 128;
    public const int OperationsDequeue = 56;

    /// <summary>Bytes of <c>struct rte_pktmbuf_pool_private</c>.</summary>
    public const uint PoolPrivateSize = 8;

    /// <summary>RTE_MEMPOOL_F_NO_IOVA_CONTIG.</summary>
    public const uint PoolMayCrossPages = 0x20;

    /// <summary>RTE_IOVA_VA: devices use the process's own addresses.</summary>
    public const int IovaIsVirtual = 2;

    /// <summary>SOCKET_ID_ANY.</summary>
    public const int AnySocket = -1;

    /// <summary>RTE_ETH_NAME_MAX_LEN.</summary>
    public const int NameSize = 64;
}
