namespace Headrace.Ports.Sys;

/// <summary>Sizes of a packet socket's rings.</summary>
/// <param name="BlockSize">Bytes of a receive block: packets are handed over by the block.</param>
/// <param name="Blocks">Receive blocks.</param>
/// <param name="BlockTimeout">Milliseconds after which a block is handed over although it is not full.</param>
/// <param name="TransmitFrameSize">Bytes of a transmit frame, a power of two.</param>
/// <param name="TransmitFrames">Transmit frames.</param>
internal readonly record struct PacketRingLayout(uint BlockSize, uint Blocks, uint BlockTimeout, uint TransmitFrameSize, uint TransmitFrames)
{
    private const uint SmallestTransmitBlock = 1 << 16;

    /// <summary>Bytes of a transmit block, which holds whole frames.</summary>
    public uint TransmitBlockSize => Math.Max(SmallestTransmitBlock, TransmitFrameSize);

    /// <summary>Transmit blocks.</summary>
    public uint TransmitBlocks => TransmitFrames / (TransmitBlockSize / TransmitFrameSize);

    /// <summary>Bytes of the receive ring.</summary>
    public nuint ReceiveBytes => (nuint)BlockSize * Blocks;

    /// <summary>Bytes of the transmit ring.</summary>
    public nuint TransmitBytes => (nuint)TransmitBlockSize * TransmitBlocks;
}
