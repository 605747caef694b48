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
        using var port = (MemifPort)PortKinds.Open($"memif:{_path},queues=2");
        using var memory = SharedMemory.Create("hostile", Region, out SafeFileHandle descriptor);
        using var interrupt = EventDescriptor.Create();
        using (descriptor)
            HostileTalk.Run(_output, () => Meet(port), _ => Script(memory, descriptor, interrupt.Handle), [descriptor, interrupt.Handle]);
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
        using var run = new HostileRun(random, port.Queues[0], longest: 1460, isShared: copy == "no");
        while (run.Cases < Fuzz.Cases)
        {
            (UnixSocket client, MemifServerSession session) = Meet(port);
            using var before = new Canary();
            using var memory = SharedMemory.Create("hostile", Region, out SafeFileHandle descriptor);
            using var interrupt = EventDescriptor.Create();
            using (client)
            using (session)
            using (descriptor)
            {
                session.Start();
                foreach ((byte[] bytes, SafeFileHandle[] beside) in Script(memory, descriptor, interrupt.Handle))
                {
                    Assert.True(client.Send(bytes, beside));
                    Assert.True(session.Receive());
                }
                using var after = new Canary();
                run.Serve(session, rounds: 200, () => Damage(random, memory));
                Assert.True(before.IsWhole && after.IsWhole, "memory beside the client's was written");
            }
        }
        run.Finish(_output);
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
            foreach ((byte[] bytes, SafeFileHandle[] beside) in Script(memory, descriptor, interrupt.Handle))
                Assert.True(client.Send(bytes, beside));
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
        using var run = new HostileRun(random, queue, longest: 5060);
        while (run.Cases < Fuzz.Cases)
        {
            using var client = UnixSocket.TryConnect(_path + "-raw", UnixSocketType.SequencedPacket)!;
            using var other = _listener.Accept()!;
            using var session = new MemifClientSession(client, (MemifPort)port, memory);
            var connection = new MemifConnection(session);
            connection.ToServer.Add(memory.MakeRing(0, true, out _));
            connection.ToClient.Add(memory.MakeRing(0, false, out _));
            queue.Attach(connection, connection.ToClient[0], connection.ToServer[0]);
            run.Serve(session, rounds: 300, () => DamageTails(random, connection));
            queue.Detach();
            connection.Release();
        }
        run.Finish(_output);
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
    private static List<HostileMessage> Script(SharedMemory memory, SafeFileHandle descriptor, SafeFileHandle interrupt)
    {
        foreach (uint at in (ReadOnlySpan<uint>)[0, 4096])
        {
            using var ring = new MemifRing(memory.Address + at, RingLog2, EventDescriptor.Create());
            ring.Format();
            for (uint i = 0; i < 1 << RingLog2; i++)
                ring.Descriptor(i)->Set(0, 8192 + 2048 * i, 2048);
        }
        List<HostileMessage> script = [];
        Say(MemifMessage.Init(0, "", "hostile"));
        Say(MemifMessage.AddRegion(0, memory.Length), descriptor);
        Say(MemifMessage.AddRing(true, 0, 0, 0, RingLog2), interrupt);
        Say(MemifMessage.AddRing(false, 0, 0, 4096, RingLog2), interrupt);
        Say(MemifMessage.Connect("hostile"));
        return script;

        void Say(MemifMessage message, params SafeFileHandle[] beside) => script.Add(new HostileMessage(message.Data.ToArray(), beside));
    }

    private static int DamageTails(Random random, MemifConnection connection)
    {
        MemifRing ring = random.Next(2) == 0 ? connection.ToServer[0] : connection.ToClient[0];
        if (random.Next(100) == 0)
            ring.Tail = (ushort)random.Next(65536);
        else
            ring.Tail += (ushort)random.Next(Math.Min((ushort)(ring.Head - ring.Tail), (ushort)16) + 1);
        if (random.Next(3) != 0)
            return 1;
        ring.Descriptor((uint)random.Next(16))->Set((uint)random.Next(3), (uint)Fuzz.Number(random, 65536), (uint)Fuzz.Number(random, 2048), (ulong)random.Next(2));
        return 2;
    }

    /// <summary>Writes descriptors and moves heads, most of them nearly right.</summary>
    /// <returns>How many.</returns>
    private static int Damage(Random random, SharedMemory memory)
    {
        int places = 0;
        foreach (uint at in (ReadOnlySpan<uint>)[0, 4096])
        {
            byte* ring = memory.Address + at;
            for (int change = random.Next(1, 12); change > 0; change--, places++)
            {
                byte* descriptor = Descriptor(ring, random.Next(1 << RingLog2));
                bool isWild = random.Next(500) == 0;
                *(ushort*)descriptor = (ushort)(random.Next(6) == 0 ? 1 : 0);
                *(ushort*)(descriptor + 2) = (ushort)(isWild ? Fuzz.Number(random, 256) : 0);
                *(uint*)(descriptor + 4) = isWild ? (uint)Fuzz.Number(random, Region) : (uint)random.Next(1, 2049);
                *(uint*)(descriptor + 8) = isWild ? (uint)Fuzz.Number(random, Region) : (uint)random.Next(8192, (int)Region - 2048);
            }
            var head = (ushort*)(ring + 6);
            ushort tail = *(ushort*)(ring + 64);
            *head = random.Next(400) == 0 ? (ushort)random.Next(65536) : (ushort)(tail + random.Next(Math.Min((int)(ushort)(*head - tail), 1 << RingLog2), (1 << RingLog2) + 1));
            // A chain whose end has not come is a fault: not every time.
            if (random.Next(50) != 0)
                *(ushort*)Descriptor(ring, (*head - 1) & ((1 << RingLog2) - 1)) = 0;
        }
        return places + 2;

        static byte* Descriptor(byte* ring, int index) => ring + 128 + 16 * index;
    }
}
