using System.Buffers.Binary;
using Headrace.Engine;
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
        var random = Fuzz.Start(_output);
        using var port = (VhostPort)PortKinds.Open($"vhost-user:{_path},queues=2");
        int messages = 0, refused = 0, running = 0;
        using var memory = SharedMemory.Create("hostile", Region, out SafeFileHandle descriptor);
        using var interrupt = EventDescriptor.Create();
        while (messages < Fuzz.Cases)
        {
            (UnixSocket client, VhostSession session) = Meet(port);
            using (client)
            using (session)
            {
                try
                {
                    var script = Script(random.Next(2) == 0, descriptor, interrupt.Handle);
                    for (int i = 0; i < script.Count + 8; i++)
                    {
                        bool isNext = random.Next(8) != 0 && i < script.Count;
                        (VhostRequest request, byte[] payload, SafeFileHandle[] beside) = script[isNext ? i : random.Next(script.Count)];
                        byte[] bytes = Message(request, random.Next(20) == 0 ? [.. payload, .. new byte[random.Next(100)]] : payload);
                        if (random.Next(24) == 0)
                            Fuzz.Mutate(random, bytes);
                        if (random.Next(40) == 0)
                            BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)random.Next(45));
                        if (random.Next(40) == 0)
                            beside = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(2) == 0 ? descriptor : interrupt.Handle)];
                        messages++;
                        if (!client.Send(bytes, beside))
                            break;
                        for (int more = 0; more < 4; more++)
                        {
                            if (!session.Receive())
                                break;
                        }
                    }
                }
                catch (ControlException)
                {
                    refused++;
                }
                running += session.Established ? 1 : 0;
            }
        }
        _output.WriteLine($"{messages} messages: {refused} connections refused, {running} running");
        Assert.True(refused > messages / 1000 && running > messages / 1000, $"{refused} refused, {running} running: this tests nothing");
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
        using var source = new FrameSource(_ => 60 + random.Next(3000));
        using var frames = new FrameArray(64);
        PacketQueue queue = port.Queues[0];
        long cases = 0, faults = 0;
        while (cases < Fuzz.Cases)
        {
            (UnixSocket client, VhostSession session) = Meet(port);
            using var before = new Canary();
            using var memory = SharedMemory.Create("hostile", Region, out SafeFileHandle descriptor);
            using var interrupt = EventDescriptor.Create();
            using (client)
            using (descriptor)
            {
                foreach ((VhostRequest request, byte[] payload, SafeFileHandle[] beside) in Script(isPacked, descriptor, interrupt.Handle, mergeable == "yes"))
                {
                    Assert.True(client.Send(Message(request, payload), beside));
                    for (int i = 0; i < 3; i++)
                        Assert.True(session.Receive());
                }
                Assert.True(session.Established);
                using var after = new Canary();
                for (int i = 0; i < 200 && session.Fault is null; i++, cases++)
                {
                    Damage(random, memory, isPacked, i);
                    int count = queue.Receive(frames.Frames, random.Next(1, 65));
                    for (int frame = 0; frame < count; frame++)
                    {
                        Frame* f = frames.Frames + frame;
                        Assert.True(f->HardStart + 256 == f->Data && f->Data + 14 <= f->End && f->End <= f->HardEnd);
                    }
                    if (random.Next(2) == 0)
                        queue.Release(frames.Frames, count);
                    else
                        queue.Send(queue, frames.Frames, count);
                    source.SendTo(queue, random.Next(1, 8));
                }
                Assert.True(before.IsWhole && after.IsWhole, "memory beside the driver's was written");
                faults += session.Fault is null ? 0 : 1;
                session.Dispose();
            }
        }
        Assert.Equal(0, source.Lent);
        Assert.Equal(((VhostQueue)queue).Buffers.Count, ((VhostQueue)queue).Buffers.Free);
        _output.WriteLine($"{cases} cases, {faults} connections given up, {queue.Counters.Received} frames received, {queue.Counters.Sent} sent");
        Assert.True(faults > 0 && queue.Counters.Received > cases / 100 && queue.Counters.Sent > cases / 100, "this tests nothing");
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
    private static List<(VhostRequest Request, byte[] Payload, SafeFileHandle[] Beside)> Script(bool isPacked, SafeFileHandle memory, SafeFileHandle interrupt, bool isMergeable = true)
    {
        ulong features = VirtioFeatures.Version1 | VirtioFeatures.ProtocolFeatures | VirtioFeatures.Indirect | (isMergeable ? VirtioFeatures.MergeableBuffers : 0) | (isPacked ? VirtioFeatures.Packed : 0);
        byte[] table = [.. Numbers(1, Base, Region, Base, 0)];
        List<(VhostRequest, byte[], SafeFileHandle[])> script =
        [
            (VhostRequest.SetProtocolFeatures, Numbers(VirtioFeatures.ProtocolReplyAck), []),
            (VhostRequest.SetFeatures, Numbers(features), []),
            (VhostRequest.SetMemoryTable, table, [memory]),
        ];
        for (ulong ring = 0; ring < 2; ring++)
        {
            ulong at = Base + ring * 8192;
            script.Add((VhostRequest.SetVringNumber, Numbers(ring | ((ulong)Ring << 32)), []));
            script.Add((VhostRequest.SetVringBase, Numbers(ring | (isPacked ? 0x80008000ul << 32 : 0)), []));
            script.Add((VhostRequest.SetVringAddress, Numbers(ring, at, at + 4096, at + 2048, 0), []));
            script.Add((VhostRequest.SetVringCall, Numbers(ring), [interrupt]));
            script.Add((VhostRequest.SetVringKick, Numbers(ring), [interrupt]));
            script.Add((VhostRequest.SetVringEnable, Numbers(ring | (1ul << 32)), []));
        }
        return script;

        static byte[] Numbers(params ulong[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];
    }

    /// <summary>Writes descriptors and moves indices, most of them nearly right.</summary>
    private static void Damage(Random random, SharedMemory memory, bool isPacked, int step)
    {
        for (int ring = 0; ring < 2; ring++)
        {
            byte* at = memory.Address + ring * 8192;
            ushort write = (ushort)(ring == 0 ? VirtioDescriptor.Write : 0);
            for (int change = random.Next(1, 24); change > 0; change--)
            {
                var descriptor = (VirtioDescriptor*)at + random.Next((int)Ring);
                bool isWild = random.Next(150) == 0;
                ushort flags = (ushort)(write | (random.Next(5) == 0 ? VirtioDescriptor.Next : 0) | (random.Next(12) == 0 ? VirtioDescriptor.Indirect : 0));
                if (isWild)
                    flags = (ushort)random.Next(8);
                uint length = isWild ? (uint)Fuzz.Number(random, Region) : (flags & VirtioDescriptor.Indirect) != 0 ? 16u * (uint)random.Next(1, 40) : (uint)random.Next(1, 3000);
                descriptor->Address = Base + (isWild ? Fuzz.Number(random, Region) : (ulong)random.Next(16384, (int)Region - 4096));
                // Tables lie where packets do: their descriptors are whatever bytes are there.
                if ((flags & VirtioDescriptor.Indirect) != 0 && !isWild)
                {
                    descriptor->Address = Base + 16384;
                    var table = (VirtioDescriptor*)(memory.Address + 16384);
                    for (int i = 0; i < 8; i++)
                    {
                        table[i].Address = Base + (ulong)random.Next(16384, (int)Region - 4096);
                        table[i].Word = VirtioDescriptor.WordOf((uint)random.Next(1, 2000), isPacked ? (ushort)0 : (ushort)(write | (i < 7 ? 1 : 0)), isPacked ? write : (ushort)(i + 1));
                    }
                    length = isPacked ? 16u * (uint)random.Next(1, 9) : 16 * 8;
                }
                bool wrap = random.Next(2) == 0;
                ushort packedFlags = (ushort)(flags | (wrap ? VirtioDescriptor.Available : VirtioDescriptor.Used));
                descriptor->Word = isPacked
                    ? VirtioDescriptor.WordOf(length, (ushort)random.Next(20), packedFlags)
                    : VirtioDescriptor.WordOf(length, flags, (ushort)random.Next(isWild ? 65536 : (int)Ring));
            }
            if (isPacked)
                continue;
            for (int i = 0; i < 4; i++)
                *(ushort*)(at + 2048 + 4 + 2 * random.Next((int)Ring)) = (ushort)random.Next(random.Next(300) == 0 ? 65536 : (int)Ring);
            ushort used = *(ushort*)(at + 4096 + 2);
            *(ushort*)(at + 2048 + 2) = random.Next(400) == 0 ? (ushort)random.Next(65536) : (ushort)(used + random.Next((int)Ring + 1));
        }
    }
}
