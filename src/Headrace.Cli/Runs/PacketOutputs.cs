using System.Security.Cryptography;
using Headrace.Bytecode;
using Headrace.Ports;

namespace Headrace.Cli.Runs;

/// <summary>The files a run writes packet by packet: a line of results each, and a capture of the packets that go on.</summary>
internal sealed class PacketOutputs : IDisposable
{
    private readonly ProgramType _type;
    private readonly StreamWriter? _results;
    private readonly CaptureWriter? _capture;

    public PacketOutputs(ProgramType type, string? results, string? capture, LinkType linkType)
    {
        _type = type;
        _results = results is null ? null : new StreamWriter(results);
        try
        {
            _capture = capture is null ? null : CaptureWriter.Create(capture, linkType);
        }
        catch
        {
            _results?.Dispose();
            throw;
        }
    }

    /// <summary>True when there is nothing to write.</summary>
    public bool IsEmpty => _results is null && _capture is null;

    /// <summary>Writes what became of a packet.</summary>
    public void Write(long index, uint verdict, ulong timestamp, ReadOnlySpan<byte> packet)
    {
        if (_results is not null)
        {
            Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
            SHA1.HashData(packet, hash);
            _results.Write($"{{\"index\":{index},\"verdict\":{verdict},\"length\":{packet.Length},\"sha1\":\"{Convert.ToHexStringLower(hash)}\"}}\n");
        }
        if (_capture is not null && VerdictNames.GoesOn(_type, verdict))
            _capture.Write(timestamp, packet);
    }

    public void Dispose()
    {
        _results?.Dispose();
        _capture?.Dispose();
    }
}
