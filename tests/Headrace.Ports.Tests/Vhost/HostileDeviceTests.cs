using Headrace.Engine;
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
        using var source = new FrameSource(_ => 60 + random.Next(1900));
        using var frames = new FrameArray(64);
        long faults = 0;
        for (int cases = 0; cases < Fuzz.Cases;)
        {
            using var socket = UnixSocket.TryConnect(_path, UnixSocketType.Stream)!;
            using var session = new VirtioUserSession(listener.Accept()!, port, memory);
            byte* receive = memory.Clear(0), send = memory.Clear(1);
            queue.Attach(isPacked
                ? new DriverSide<PackedDriverRing>(session, new PackedDriverRing(receive, Ring), new PackedDriverRing(send, Ring), kick, kick, 12, true)
                : new DriverSide<SplitDriverRing>(session, new SplitDriverRing(receive, Ring), new SplitDriverRing(send, Ring), kick, kick, 12, true));
            for (int i = 0; i < 300 && session.Fault is null; i++, cases++)
            {
                foreach (nint ring in (ReadOnlySpan<nint>)[(nint)receive, (nint)send])
                    Damage(random, (byte*)ring, isPacked, buffers);
                int count = queue.Receive(frames.Frames, random.Next(1, 65));
                for (int frame = 0; frame < count; frame++)
                {
                    Frame* f = frames.Frames + frame;
                    Assert.True(f->HardStart <= f->Data && f->Data + 14 <= f->End && f->End <= f->HardEnd);
                }
                Assert.Equal(count, new HashSet<nint>(Enumerable.Range(0, count).Select(n => (nint)frames.Frames[n].HardStart)).Count);
                if (random.Next(2) == 0)
                    queue.Release(frames.Frames, count);
                else
                    queue.Send(queue, frames.Frames, count);
                source.SendTo(queue, random.Next(1, 8));
                queue.Flush();
            }
            faults += session.Fault is null ? 0 : 1;
            queue.Attach(null);
            // The worker's next look takes everything back.
            Assert.Equal(0, queue.Receive(frames.Frames, 1));
            Assert.Equal(buffers.Count, buffers.Free);
            Assert.Equal(queue.Joined.Count, queue.Joined.Free);
        }
        Assert.Equal(0, source.Lent);
        output.WriteLine($"{faults} faults, {queue.Counters.Received} received, {queue.Counters.Sent} sent");
        Assert.True(faults > 0 && queue.Counters.Received > 0, "this tests nothing");
    }

    private static void Damage(Random random, byte* ring, bool isPacked, PeerBuffers buffers)
    {
        // Headers come from the device too: how many buffers a packet has.
        for (int i = 0; i < 40; i++)
            *(ushort*)(buffers[(uint)random.Next((int)buffers.Count)] + 254) = (ushort)(random.Next(4) == 0 ? random.Next(5) : 1);
        for (int i = random.Next(1, 6); i > 0; i--)
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
    }
}
