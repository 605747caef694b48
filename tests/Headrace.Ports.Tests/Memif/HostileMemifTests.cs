using Headrace.Engine;
using Headrace.Ports.Sys;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports.Tests;

/// <summary>A memif client that means ill, or servers that do: sessions and rings are driven directly, so that a case costs microseconds.</summary>
public sealed unsafe class HostileMemifTests : IDisposable
{
    private const int RingLog2 = 4;
    private const uint Region = 64 * 1024;

    private readonly ITestOutputHelper _output;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"headrace-hostile-{Guid.NewGuid():N}");
    private readonly UnixSocket _listener;

    public HostileMemifTests(ITestOutputHelper output)
    {
        _output = output;
        _listener = UnixSocket.Listen(_path + "-raw", UnixSocketType.SequencedPacket);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Made_up_messages_end_a_connection_with_a_reason_and_nothing_else()
    {
        var random = Fuzz.Start(_output);
        using var port = (MemifPort)PortKinds.Open($"memif:{_path},queues=2");
        int messages = 0, refused = 0, connected = 0;
        while (messages < Fuzz.Cases)
        {
            (UnixSocket client, MemifServerSession session) = Meet(port);
            using var memory = SharedMemory.Create("hostile", Region, out SafeFileHandle descriptor);
            using var interrupt = EventDescriptor.Create();
            using (client)
            using (session)
            using (descriptor)
            {
                try
                {
                    session.Start();
                    var script = Script(memory);
                    for (int i = 0; i < 12; i++)
                    {
                        bool isNext = random.Next(4) != 0;
                        var message = script[isNext ? Math.Min(i, script.Count - 1) : random.Next(script.Count)];
                        if (random.Next(5) == 0)
                            Fuzz.Mutate(random, message.Data[..(random.Next(2) == 0 ? 16 : 128)]);
                        int length = random.Next(40) == 0 ? random.Next(200) : MemifMessage.Size;
                        SafeFileHandle[] beside = random.Next(10) == 0
                            ? [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(2) == 0 ? descriptor : interrupt.Handle)]
                            : message.Type switch { MemifMessageType.AddRegion => [descriptor], MemifMessageType.AddRing => [interrupt.Handle], _ => [] };
                        byte[] bytes = new byte[length];
                        message.Data[..Math.Min(length, MemifMessage.Size)].CopyTo(bytes);
                        messages++;
                        if (!client.Send(bytes, beside))
                            break;
                        if (!session.Receive())
                            break;
                    }
                }
                catch (ControlException)
                {
                    refused++;
                }
                connected += session.Established ? 1 : 0;
            }
        }
        _output.WriteLine($"{messages} messages: {refused} connections refused, {connected} established");
        Assert.True(refused > messages / 100 && connected > messages / 1000, $"{refused} refused, {connected} established: this tests nothing");
        using var honest = PortKinds.Open($"memif:{_path},role=client");
        NumberedTraffic.UntilUp(port, honest);
        NumberedTraffic.OneWay(honest.Queues[0], port.Queues[0], 1000, NumberedTraffic.Lengths(22, 1514));
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("no")]
    public void Made_up_descriptors_and_indices_reach_no_other_memory(string copy)
    {
        var random = Fuzz.Start(_output);
        using var port = (MemifPort)PortKinds.Open($"memif:{_path},copy={copy}");
        using var source = new FrameSource(_ => 60 + random.Next(1400));
        using var frames = new FrameArray(64);
        PacketQueue queue = port.Queues[0];
        long cases = 0, faults = 0;
        while (cases < Fuzz.Cases)
        {
            (UnixSocket client, MemifServerSession session) = Meet(port);
            using var before = new Canary();
            using var memory = SharedMemory.Create("hostile", Region, out SafeFileHandle descriptor);
            using var interrupt = EventDescriptor.Create();
            using (client)
            using (descriptor)
            {
                session.Start();
                foreach (MemifMessage message in Script(memory))
                {
                    var copyOfMessage = message;
                    Assert.True(client.Send(copyOfMessage.Data, message.Type switch { MemifMessageType.AddRegion => [descriptor], MemifMessageType.AddRing => [interrupt.Handle], _ => [] }));
                    Assert.True(session.Receive());
                }
                using var after = new Canary();
                for (int i = 0; i < 200 && session.Fault is null; i++, cases++)
                {
                    Damage(random, memory);
                    int count = queue.Receive(frames.Frames, random.Next(1, 65));
                    uint sum = 0;
                    for (int frame = 0; frame < count; frame++)
                    {
                        Frame* f = frames.Frames + frame;
                        Assert.True(f->HardStart <= f->Data && f->Data + 14 <= f->End && f->End <= f->HardEnd);
                        for (byte* at = f->Data; at < f->End; at++)
                            sum += *at;
                        *f->Data ^= (byte)sum;
                    }
                    if (random.Next(2) == 0)
                        queue.Release(frames.Frames, count);
                    else
                        queue.Send(queue, frames.Frames, count);
                    source.SendTo(queue, random.Next(1, 8));
                }
                Assert.True(before.IsWhole && after.IsWhole, "memory beside the client's was written");
                faults += session.Fault is null ? 0 : 1;
                session.Dispose();
            }
        }
        Assert.Equal(0, source.Lent);
        _output.WriteLine($"{cases} cases, {faults} connections given up, {queue.Counters.Received} frames received, {queue.Counters.Sent} sent");
        Assert.True(faults > 0 && queue.Counters.Received > cases / 100, "this tests nothing");
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("no")]
    public void A_client_that_cuts_its_memory_short_loses_its_connection_only(string copy)
    {
        Assert.SkipUnless(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "mappings are guarded on x86-64 only");
        using var port = PortKinds.Open($"memif:{_path},copy={copy}");
        using var frames = new FrameArray(64);
        for (int round = 0; round < 3; round++)
        {
            using var client = Connect();
            using var descriptor = Posix.CreateMemory("unsealed", 1);
            Assert.Equal(0, Posix.Truncate(descriptor, Region));
            using var memory = SharedMemory.Map(descriptor, Region);
            using var interrupt = EventDescriptor.Create();
            foreach (MemifMessage message in Script(memory))
            {
                var copyOfMessage = message;
                Assert.True(client.Send(copyOfMessage.Data, message.Type switch { MemifMessageType.AddRegion => [descriptor], MemifMessageType.AddRing => [interrupt.Handle], _ => [] }));
                Thread.Sleep(5);
            }
            NumberedTraffic.UntilUp(port);
            var ring = new MemifRing(memory.Address, RingLog2, EventDescriptor.Create());
            for (uint i = 0; i < 8; i++)
                ring.Descriptor(i)->Set(0, 8192 + i * 2048, 200);
            ring.Head = 8;
            Assert.Equal(8, port.Queues[0].Receive(frames.Frames, 8));
            ring.Head = 12;
            ring.Dispose();
            Assert.Equal(0, Posix.Truncate(descriptor, 0));
            for (int i = 0; i < 8; i++)
                frames.Frames[i].Data[20]++; // a program that works on what was cut off
            port.Queues[0].Release(frames.Frames, 8);
            NumberedTraffic.Until(() =>
            {
                port.Queues[0].Release(frames.Frames, port.Queues[0].Receive(frames.Frames, 8));
                return port.DownReason is not null;
            }, () => "the port did not notice");
        }
        using var honest = PortKinds.Open($"memif:{_path},role=client");
        NumberedTraffic.UntilUp(port, honest);
        NumberedTraffic.OneWay(honest.Queues[0], port.Queues[0], 1000, NumberedTraffic.Lengths(22, 1514));
    }

    [Fact]
    public void A_server_that_moves_tails_at_will_gets_no_buffer_twice()
    {
        var random = Fuzz.Start(_output);
        const uint Ring = 16;
        using var memory = new MemifClientMemory(1, 4, 2048);
        PeerBuffers buffers = memory.MakeBuffers(0);
        using var queue = new MemifClientQueue(memory.Shared.Address, buffers, Ring) { Index = 0 };
        using var port = PortKinds.Open($"memif:{_path},role=client"); // for a session to report to
        using var source = new FrameSource(_ => 60 + random.Next(5000));
        using var frames = new FrameArray(64);
        int faults = 0;
        for (int cases = 0; cases < Fuzz.Cases;)
        {
            using var client = UnixSocket.TryConnect(_path + "-raw", UnixSocketType.SequencedPacket)!;
            using var other = _listener.Accept()!;
            using var session = new MemifClientSession(client, (MemifPort)port, memory);
            var connection = new MemifConnection(session);
            connection.ToServer.Add(memory.MakeRing(0, true, out _));
            connection.ToClient.Add(memory.MakeRing(0, false, out _));
            queue.Attach(connection, connection.ToClient[0], connection.ToServer[0]);
            for (int i = 0; i < 300 && session.Fault is null; i++, cases++)
            {
                MemifRing ring = random.Next(2) == 0 ? connection.ToServer[0] : connection.ToClient[0];
                if (random.Next(50) == 0)
                    ring.Tail = (ushort)random.Next(65536);
                else
                    ring.Tail += (ushort)random.Next(Math.Min((ushort)(ring.Head - ring.Tail), (ushort)16) + 1);
                if (random.Next(3) == 0)
                    ring.Descriptor((uint)random.Next(16))->Set((uint)random.Next(3), (uint)Fuzz.Number(random, 65536), (uint)Fuzz.Number(random, 2048), (ulong)random.Next(2));
                int count = queue.Receive(frames.Frames, random.Next(1, 65));
                for (int frame = 0; frame < count; frame++)
                {
                    Frame* f = frames.Frames + frame;
                    Assert.True(f->HardStart + 256 == f->Data && f->Data + 14 <= f->End && f->End <= f->HardEnd);
                }
                Assert.Equal(count, new HashSet<nint>(Enumerable.Range(0, count).Select(n => (nint)frames.Frames[n].HardStart)).Count);
                if (random.Next(2) == 0)
                    queue.Release(frames.Frames, count);
                else
                    queue.Send(queue, frames.Frames, count);
                source.SendTo(queue, random.Next(1, 8));
            }
            faults += session.Fault is null ? 0 : 1;
            queue.Detach();
            connection.Release();
        }
        Assert.Equal(0, source.Lent);
        Assert.True(faults > 10, $"{faults} faults: this tests nothing");
    }

    private UnixSocket Connect()
    {
        UnixSocket? socket = null;
        NumberedTraffic.Until(() => (socket = UnixSocket.TryConnect(_path, UnixSocketType.SequencedPacket)) is not null, () => "nobody listens");
        return socket!;
    }

    private (UnixSocket Client, MemifServerSession Session) Meet(MemifPort port)
    {
        UnixSocket client = UnixSocket.TryConnect(_path + "-raw", UnixSocketType.SequencedPacket)!;
        return (client, new MemifServerSession(_listener.Accept()!, port));
    }

    /// <summary>What an honest client says: a region with a ring each way at its start.</summary>
    private static List<MemifMessage> Script(SharedMemory memory)
    {
        foreach (uint at in (ReadOnlySpan<uint>)[0, 4096])
        {
            using var ring = new MemifRing(memory.Address + at, RingLog2, EventDescriptor.Create());
            ring.Format();
        }
        return
        [
            MemifMessage.Init(0, "", "hostile"),
            MemifMessage.AddRegion(0, memory.Length),
            MemifMessage.AddRing(true, 0, 0, 0, RingLog2),
            MemifMessage.AddRing(false, 0, 0, 4096, RingLog2),
            MemifMessage.Connect("hostile"),
        ];
    }

    /// <summary>Writes descriptors and moves indices, most of them nearly right.</summary>
    private static void Damage(Random random, SharedMemory memory)
    {
        for (int change = random.Next(1, 24); change > 0; change--)
        {
            byte* ring = memory.Address + 4096 * random.Next(2);
            byte* descriptor = ring + 128 + 16 * random.Next(1 << RingLog2);
            bool isWild = random.Next(60) == 0;
            *(ushort*)descriptor = (ushort)(random.Next(6) == 0 ? 1 : 0);
            *(ushort*)(descriptor + 2) = (ushort)(isWild ? Fuzz.Number(random, 256) : 0);
            *(uint*)(descriptor + 4) = isWild ? (uint)Fuzz.Number(random, Region) : (uint)random.Next(0, 2049);
            *(uint*)(descriptor + 8) = isWild ? (uint)Fuzz.Number(random, Region) : (uint)random.Next(8192, (int)Region - 2048);
        }
        foreach (uint at in (ReadOnlySpan<uint>)[0, 4096])
        {
            ushort* head = (ushort*)(memory.Address + at + 6);
            ushort tail = *(ushort*)(memory.Address + at + 64);
            *head = random.Next(200) == 0 ? (ushort)random.Next(65536) : (ushort)(tail + random.Next(Math.Min((int)(ushort)(*head - tail), 1 << RingLog2), (1 << RingLog2) + 1));
        }
    }
}
