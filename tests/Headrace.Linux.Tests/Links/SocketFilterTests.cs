using System.Net;
using System.Net.Sockets;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Links;

public class SocketFilterTests
{
    // A UDP socket's filter sees the UDP header first: 8 bytes.
    private const int UdpHeader = 8;

    [Fact]
    public void A_classic_filter_takes_packets_by_their_first_byte_until_it_is_detached()
    {
        using var receiver = new Receiver();
        ClassicInstruction[] onlyA =
        [
            new(0x30, 0, 0, UdpHeader), // A = byte at 8
            new(0x15, 0, 1, 'A'),
            new(0x06, 0, 0, uint.MaxValue),
            new(0x06, 0, 0, 0),
        ];
        using (SocketFilter.Attach(receiver.Socket, onlyA))
            Assert.Equal(["A1", "A2"], receiver.Send("A1", "B1", "A2", "C"));
        Assert.Equal(["A1", "B1"], receiver.Send("A1", "B1"));
        Assert.False(SocketFilter.Detach(receiver.Socket));
    }

    [Fact]
    public void A_classic_filter_that_jumps_out_is_refused_in_words()
    {
        using var receiver = new Receiver();
        KernelException error = Assert.Throws<KernelException>(() => SocketFilter.Attach(receiver.Socket, [new ClassicInstruction(0x15, 200, 200, 0)]));
        Assert.Equal("EINVAL", error.ErrnoName);
        Assert.Throws<ArgumentException>(() => SocketFilter.Attach(receiver.Socket, ReadOnlySpan<ClassicInstruction>.Empty));
    }

    [Fact]
    public void An_ebpf_filter_cuts_and_drops()
    {
        RequiresKernel.OrSkip();
        ProgramSpec spec = KernelProgram.ReturnsDrop("cut", ProgramType.SocketFilter);
        spec.Instructions =
        [
            Instruction.Mov(Register.R6, Register.R1),
            Instruction.LoadPacket(AccessSize.Byte, UdpHeader),
            Instruction.Jump(JumpOp.Jeq, Register.R0, 'B', 2),
            Instruction.Mov(Register.R0, UdpHeader + 2),
            Instruction.Exit(),
            Instruction.Mov(Register.R0, 0),
            Instruction.Exit(),
        ];
        using KernelProgram program = KernelProgram.Load(spec, []);
        using var receiver = new Receiver();
        using SocketFilter filter = program.AttachTo(receiver.Socket);
        Assert.Equal(["A1", "C1"], receiver.Send("A1-long", "B1", "C1-long"));
        Assert.True(SocketFilter.Detach(receiver.Socket));
    }

    private sealed class Receiver : IDisposable
    {
        private readonly Socket _sender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        public Receiver() => Socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        public Socket Socket { get; } = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        /// <summary>Sends texts over the loopback, which delivers at once, and reads what came through.</summary>
        public List<string> Send(params string[] texts)
        {
            foreach (string text in texts)
                _sender.SendTo(System.Text.Encoding.ASCII.GetBytes(text), Socket.LocalEndPoint!);
            List<string> received = [];
            byte[] buffer = new byte[64];
            while (Socket.Available > 0)
                received.Add(System.Text.Encoding.ASCII.GetString(buffer, 0, Socket.Receive(buffer)));
            return received;
        }

        public void Dispose()
        {
            _sender.Dispose();
            Socket.Dispose();
        }
    }
}
