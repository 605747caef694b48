using System.Buffers.Binary;
using Headrace.Ports.Sys;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports.Tests;

/// <summary>A vhost-user front end that means ill: the session and its rings are driven directly.</summary>
public sealed unsafe class HostileVhostTests : IDisposable
{
    private const ulong Base = 1UL << 32;
    private const uint Region = 128 * 1024, Ring = 16;

    private readonly ITestOutputHelper _output;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"headrace-hostile-{Guid.NewGuid():N}");
    private readonly UnixSocket _listener;

    public HostileVhostTests(ITestOutputHelper output)
    {
        _output = output;
        _listener = UnixSocket.Listen(_path + "-raw", UnixSocketType.Stream);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Made_up_messages_end_a_connection_with_a_reason_and_nothing_else()
    {
        using var port = (VhostPort)PortKinds.Open($"vhost-user:{_path},queues=2");
        using var memory = SharedMemory.Create("hostile", Region, out SafeFileHandle descriptor);
        using var interrupt = EventDescriptor.Create();
        using (descriptor)
            HostileTalk.Run(_output, () => Meet(port), random => Script(random.Next(2) == 0, descriptor, interrupt.Handle), [descriptor, interrupt.Handle]);
        using var honest = PortKinds.Open($"virtio-user:{_path}");
        NumberedTraffic.UntilUp(port, honest);
        NumberedTraffic.OneWay(honest.Queues[0], port.Queues[0], 1000, NumberedTraffic.Lengths(22, 1514));
    }

    [Theory]
    [InlineData(false, "yes")]
    [InlineData(false, "no")]
    [InlineData(true, "yes")]
    [InlineData(true, "no")]
    public void Made_up_descriptors_and_indices_reach_no_other_memory(bool isPacked, string mergeable)
    {
        var random = Fuzz.Start(_output);
        using var port = (VhostPort)PortKinds.Open($"vhost-user:{_path},mergeable={mergeable}");
        var queue = (VhostQueue)port.Queues[0];
        using var run = new HostileRun(random, queue, longest: 3000);
        while (run.Cases < Fuzz.Cases)
        {
            (UnixSocket client, VhostSession session) = Meet(port);
            using var before = new Canary();
            using var memory = SharedMemory.Create("hostile", Region, out SafeFileHandle descriptor);
            using var interrupt = EventDescriptor.Create();
            using (client)
            using (session)
            using (descriptor)
            {
                foreach ((byte[] bytes, SafeFileHandle[] beside) in Script(isPacked, descriptor, interrupt.Handle, mergeable == "yes"))
                {
                    Assert.True(client.Send(bytes, beside));
                    for (int i = 0; i < 3; i++)
                        Assert.True(session.Receive());
                }
                Assert.True(session.Established);
                for (int place = 0; place < 2 * (int)Ring; place++)
                    WriteDescriptor(random, memory, isPacked, place / (int)Ring, place % (int)Ring, isWild: false);
                using var after = new Canary();
                run.Serve(session, rounds: 200, () => Damage(random, memory, isPacked));
                Assert.True(before.IsWhole && after.IsWhole, "memory beside the driver's was written");
            }
        }
        run.Finish(_output);
        Assert.Equal(queue.Buffers.Count, queue.Buffers.Free);
    }

    [Fact]
    public void A_front_end_that_wants_to_migrate_is_told_that_it_cannot()
    {
        using var port = (VhostPort)PortKinds.Open($"vhost-user:{_path}");
        (UnixSocket client, VhostSession session) = Meet(port);
        using (client)
        using (session)
        {
            Assert.Equal(0ul, port.OfferedFeatures & VirtioFeatures.LogAll);
            Assert.True(client.Send(Message(VhostRequest.SetLogBase, new byte[16], needsReply: true)));
            Assert.True(session.Receive());
            Assert.True(session.Receive());
            byte[] reply = new byte[20];
            Assert.Equal(20, client.Receive(reply, [], out _));
            Assert.Equal(1, reply[12]);
            Assert.True(client.Send(Message(VhostRequest.SetLogBase, new byte[16])));
            Assert.True(session.Receive());
            Assert.Contains("migration", Assert.Throws<ControlException>(() => session.Receive()).Message, StringComparison.Ordinal);
        }
    }

    private (UnixSocket Client, VhostSession Session) Meet(VhostPort port)
    {
        UnixSocket client = UnixSocket.TryConnect(_path + "-raw", UnixSocketType.Stream)!;
        return (client, new VhostSession(_listener.Accept()!, port));
    }

    private static byte[] Message(VhostRequest request, byte[] payload, bool needsReply = false)
    {
        byte[] bytes = new byte[VhostMessage.HeaderSize + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)request);
        bytes[4] = (byte)(needsReply ? 9 : 1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), payload.Length);
        payload.CopyTo(bytes.AsSpan(VhostMessage.HeaderSize));
        return bytes;
    }

    /// <summary>What an honest front end says: a region with the parts of two rings at its start.</summary>
    private static List<HostileMessage> Script(bool isPacked, SafeFileHandle memory, SafeFileHandle interrupt, bool isMergeable = true)
    {
        ulong features = VirtioFeatures.Version1 | VirtioFeatures.ProtocolFeatures | VirtioFeatures.Indirect | (isMergeable ? VirtioFeatures.MergeableBuffers : 0) | (isPacked ? VirtioFeatures.Packed : 0);
        List<HostileMessage> script = [];
        Say(VhostRequest.SetProtocolFeatures, [], VirtioFeatures.ProtocolReplyAck);
        Say(VhostRequest.SetFeatures, [], features);
        Say(VhostRequest.SetMemoryTable, [memory], 1, Base, Region, Base, 0);
        for (ulong ring = 0; ring < 2; ring++)
        {
            ulong at = Base + ring * 8192;
            Say(VhostRequest.SetVringNumber, [], ring | ((ulong)Ring << 32));
            Say(VhostRequest.SetVringBase, [], ring | (isPacked ? 0x80008000ul << 32 : 0));
            Say(VhostRequest.SetVringAddress, [], ring, at, at + 4096, at + 2048, 0);
            Say(VhostRequest.SetVringCall, [interrupt], ring);
            Say(VhostRequest.SetVringKick, [interrupt], ring);
            Say(VhostRequest.SetVringEnable, [], ring | (1ul << 32));
        }
        return script;

        void Say(VhostRequest request, SafeFileHandle[] beside, params ulong[] numbers) =>
            script.Add(new HostileMessage(Message(request, [.. numbers.SelectMany(BitConverter.GetBytes)]), beside));
    }

    /// <summary>Writes descriptors and moves indices, most of them nearly right.</summary>
    /// <returns>How many.</returns>
    private static int Damage(Random random, SharedMemory memory, bool isPacked)
    {
        int places = 0;
        for (int ring = 0; ring < 2; ring++)
        {
            for (int change = random.Next(1, 24); change > 0; change--, places++)
                WriteDescriptor(random, memory, isPacked, ring, random.Next((int)Ring), isWild: random.Next(500) == 0);
            if (isPacked)
                continue;
            byte* at = memory.Address + ring * 8192;
            for (int i = 0; i < 4; i++, places++)
                *(ushort*)(at + 2048 + 4 + 2 * random.Next((int)Ring)) = (ushort)random.Next(random.Next(1000) == 0 ? 65536 : (int)Ring);
            ushort used = *(ushort*)(at + 4096 + 2);
            *(ushort*)(at + 2048 + 2) = random.Next(400) == 0 ? (ushort)random.Next(65536) : (ushort)(used + random.Next((int)Ring + 1));
        }
        return places;
    }

    private static void WriteDescriptor(Random random, SharedMemory memory, bool isPacked, int ring, int index, bool isWild)
    {
        var descriptor = (VirtioDescriptor*)(memory.Address + ring * 8192) + index;
        ushort write = (ushort)(ring == 0 ? VirtioDescriptor.Write : 0);
        ushort flags = (ushort)(write | random.Next(20) switch { 0 => VirtioDescriptor.Indirect, < 5 => index + 1 < Ring ? VirtioDescriptor.Next : 0, _ => 0 });
        if (isWild)
            flags = (ushort)random.Next(8);
        uint length = isWild ? (uint)Fuzz.Number(random, Region) : (uint)random.Next(1, 3000);
        ulong address = Base + (isWild ? Fuzz.Number(random, Region) : (ulong)random.Next(16384, (int)Region - 4096));
        // Tables lie where packets do, so that packets write over them too.
        if ((flags & VirtioDescriptor.Indirect) != 0 && !isWild)
        {
            address = Base + 16384;
            length = 16 * (isPacked ? (uint)random.Next(1, 9) : 8);
            var table = (VirtioDescriptor*)(memory.Address + 16384);
            for (int i = 0; i < 8; i++)
            {
                table[i].Address = Base + (ulong)random.Next(16384, (int)Region - 4096);
                table[i].Word = VirtioDescriptor.WordOf((uint)random.Next(1, 2000), isPacked ? (ushort)0 : (ushort)(write | (i < 7 ? 1 : 0)), isPacked ? write : (ushort)(i + 1));
            }
        }
        descriptor->Address = address;
        ushort next = (ushort)(isWild ? random.Next(65536) : random.Next(100) == 0 ? random.Next((int)Ring) : index + 1);
        // Which lap the device is in is not looked up: every other descriptor of a packed ring is available.
        ushort packedFlags = (ushort)(flags | (random.Next(2) == 0 ? VirtioDescriptor.Available : VirtioDescriptor.Used));
        descriptor->Word = isPacked ? VirtioDescriptor.WordOf(length, (ushort)random.Next(20), packedFlags) : VirtioDescriptor.WordOf(length, flags, next);
    }
}
