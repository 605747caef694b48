using System.Diagnostics;
using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Bench;

/// <summary>A pair of veth interfaces with a generator at the near end: an XDP program that sends frames back, run on live frames by the kernel.</summary>
internal sealed class BenchWire : IDisposable
{
    private const int FloodFrames = 1 << 20;
    private const int Warming = 1 << 19;
    private static readonly TimeSpan s_warming = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(150);
    private static int s_last;

    private readonly int _generator;
    private readonly KernelProgram _transmit;
    private readonly KernelProgram _pass;
    private readonly List<XdpLink> _links = [];

    /// <summary>Makes the wire.</summary>
    /// <param name="generator">The processor the generator runs on.</param>
    /// <param name="passes">True when the far end needs a program that passes frames to the stack.</param>
    public BenchWire(int generator, bool passes)
    {
        _generator = generator;
        string name = $"hb{Environment.ProcessId % 100000:x}{Interlocked.Increment(ref s_last)}";
        (Near, Far) = (name + "a", name + "b");
        Run($"ip link add {Near} type veth peer name {Far}");
        foreach (string end in (string[])[Near, Far])
        {
            File.WriteAllText($"/proc/sys/net/ipv6/conf/{end}/disable_ipv6", "1");
            Run($"ip link set {end} arp off up");
        }
        _transmit = KernelProgram.Returning(XdpAction.Tx);
        _pass = KernelProgram.Returning(XdpAction.Pass);
        // Frames reach a veth by XDP only when a program is there.
        if (passes)
            _links.Add(_pass.AttachXdp(Far, XdpMode.Native));
    }

    /// <summary>The generator's end.</summary>
    public string Near { get; }

    /// <summary>The end to receive at.</summary>
    public string Far { get; }

    /// <summary>As many packets as the generator can send.</summary>
    public Flood Flood(Func<(long Packets, double ProcessorTime)> count)
    {
        Send(Warming);
        Thread.Sleep(s_settle);
        (long packets, double time) = count();
        long start = Stopwatch.GetTimestamp();
        Send(FloodFrames);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        // Our worker publishes its processor time some twenty times a second.
        Thread.Sleep(s_settle);
        (long packetsAfter, double timeAfter) = count();
        return new Flood(packetsAfter - packets, seconds, timeAfter - time);
    }

    /// <summary>So many packets a second, evenly.</summary>
    public Measurement Trickle(int packetsASecond, TimeSpan time) => count =>
    {
        const int Ticks = 100; // a second
        if (packetsASecond > 0)
            Send(Math.Max(packetsASecond, 50_000));
        Thread.Sleep(s_warming); // whatever is compiled when it first runs is compiled then
        (long packets, double used) = count();
        long start = Stopwatch.GetTimestamp();
        for (int tick = 1; Stopwatch.GetElapsedTime(start) < time; tick++)
        {
            if (packetsASecond > 0)
                Send(packetsASecond / Ticks);
            TimeSpan wait = TimeSpan.FromSeconds((double)tick / Ticks) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
                Thread.Sleep(wait);
        }
        Thread.Sleep(s_settle);
        (long packetsAfter, double usedAfter) = count();
        return new Flood(packetsAfter - packets, Stopwatch.GetElapsedTime(start).TotalSeconds, usedAfter - used);
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (XdpLink link in _links)
            link.Dispose();
        _transmit.Dispose();
        _pass.Dispose();
        Run($"ip link del {Near}");
    }

    private void Send(int frames)
    {
        byte[] frame = new byte[64];
        ReadOnlySpan<byte> ethernet = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5]; // an EtherType for experiments
        ethernet.CopyTo(frame);
        var thread = new Thread(() =>
        {
            using IDisposable pinned = Processors.Pin(_generator);
            _transmit.SendFrames(frame, frames, Near);
        });
        thread.Start();
        thread.Join();
    }

    private static void Run(string command)
    {
        string[] words = command.Split(' ');
        using Process process = Process.Start(words[0], words[1..]);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new HeadraceException($"'{command}' failed: see its message above");
    }
}
