using System.Buffers.Binary;

namespace Headrace.Ports;

/// <summary>Says in words what a file is that is neither pcap nor pcapng.</summary>
internal static class CaptureMagic
{
    /// <param name="magic">The file's first four bytes, the first one most significant.</param>
    public static string Explain(uint magic)
    {
        const string convert = "; 'editcap -F pcap' rewrites it";
        return magic switch
        {
            _ when Is(magic, 0xA1B2CD34) => "a pcap of the modified kind (longer packet headers, from a patched libpcap) is not read" + convert,
            _ when Is(magic, 0x1C0001AC) || Is(magic, 0x1C0001AB) => "an IXIA lcap capture is not read" + convert,
            _ when Is(magic, 0xA1E2CB12) => "a Navtel pcap capture is not read" + convert,
            0x736E6F6F => "a snoop capture is not read" + convert,
            0x58435000 => "a Sniffer capture is not read" + convert,
            _ when magic >> 16 == 0x1F8B => "it is compressed with gzip: run gunzip first, or pipe 'gunzip -c' into '-'",
            0x28B52FFD => "it is compressed with zstd: run unzstd first, or pipe 'unzstd -c' into '-'",
            0x04224D18 => "it is compressed with lz4: run unlz4 first, or pipe 'unlz4 -c' into '-'",
            0xFD377A58 => "it is compressed with xz: run unxz first, or pipe 'unxz -c' into '-'",
            0x7F454C46 => "it is an ELF object, not a capture",
            _ => $"no capture: it begins with {magic:x8}, which is neither pcap (a1b2c3d4 or a1b23c4d in either byte order) nor pcapng (0a0d0d0a)",
        };
    }

    private static bool Is(uint magic, uint known) => magic == known || BinaryPrimitives.ReverseEndianness(magic) == known;
}
