using Headrace.Ports.Sys;

namespace Headrace.Ports.Tests;

/// <summary>A virtio device that writes what it likes into our rings: no buffer is lent twice, none is lost.</summary>
public sealed unsafe class HostileDeviceTests(ITestOutputHelper output) : IDisposable
{
    private const uint Ring = 16;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"headrace-hostile-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Made_up_ids_lengths_and_indices_lend_no_buffer_twice(bool isPacked)
    {
        var random = Fuzz.Start(output);
        using var listener = UnixSocket.Listen(_path, UnixSocketType.Stream);
        using var memory = new VirtioUserMemory(1, Ring, 2048);
        PeerBuffers buffers = memory.MakeBuffers(0);
        using var queue = new VirtioUserQueue(memory.Shared.Address, buffers) { Index = 0 };
        using var port = (VirtioUserPort)PortKinds.Open($"virtio-user:{_path}-none");
        using var kick = EventDescriptor.Create();
        using var run = new HostileRun(random, queue, longest: 1960);
        using var frames = new FrameArray(1);
        while (run.Cases < Fuzz.Cases)
        {
            using var socket = UnixSocket.TryConnect(_path, UnixSocketType.Stream)!;
            using var session = new VirtioUserSession(listener.Accept()!, port, memory);
            byte* receive = memory.Clear(0), send = memory.Clear(1);
            queue.Attach(isPacked
                ? new DriverSide<PackedDriverRing>(session, new PackedDriverRing(receive, Ring), new PackedDriverRing(send, Ring), kick, kick, 12, true)
                : new DriverSide<SplitDriverRing>(session, new SplitDriverRing(receive, Ring), new SplitDriverRing(send, Ring), kick, kick, 12, true));
            run.Serve(session, rounds: 300, () => Damage(random, receive, isPacked, buffers) + Damage(random, send, isPacked, buffers));
            queue.Attach(null);
            // The worker's next look takes everything back.
            Assert.Equal(0, queue.Receive(frames.Frames, 1));
            Assert.Equal(buffers.Count, buffers.Free);
            Assert.Equal(queue.Joined.Count, queue.Joined.Free);
        }
        run.Finish(output);
    }

    private static int Damage(Random random, byte* ring, bool isPacked, PeerBuffers buffers)
    {
        // Headers come from the device too: how many buffers a packet has.
        for (int i = 0; i < 40; i++)
            *(ushort*)(buffers[(uint)random.Next((int)buffers.Count)] + 254) = (ushort)(random.Next(4) == 0 ? random.Next(5) : 1);
        int places = random.Next(1, 6);
        for (int i = places; i > 0; i--)
        {
            bool isWild = random.Next(100) == 0;
            uint length = isWild ? (uint)Fuzz.Number(random, 2048) : (uint)random.Next(1, 2060);
            if (isPacked)
            {
                var descriptor = (VirtioDescriptor*)ring + random.Next((int)Ring);
                ushort id = isWild ? (ushort)random.Next(65536) : VirtioDescriptor.Third(descriptor->Word);
                ushort flags = random.Next(2) == 0 ? (ushort)(VirtioDescriptor.Available | VirtioDescriptor.Used) : (ushort)0;
                descriptor->Word = VirtioDescriptor.WordOf(length, id, flags);
            }
            else
            {
                byte* used = ring + SplitDriverRing.DeviceAt(Ring), available = ring + SplitDriverRing.DriverAt(Ring);
                ushort index = *(ushort*)(used + 2), given = *(ushort*)(available + 2);
                if (!isWild && index == given)
                    continue;
                ushort id = isWild ? (ushort)Fuzz.Number(random, Ring) : *(ushort*)(available + 4 + 2 * (index & (Ring - 1)));
                *(ulong*)(used + 4 + 8 * (index & (Ring - 1))) = id | ((ulong)length << 32);
                *(ushort*)(used + 2) = isWild && random.Next(2) == 0 ? (ushort)random.Next(65536) : (ushort)(index + 1);
            }
        }
        return places;
    }
}
