using System.Globalization;
using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Ports;

/// <summary>Gives frames to the kernel's stack as if they had come in by an interface: a TAP interface whose packets a tc program sends on into the other.</summary>
internal sealed class StackTap : IDisposable
{
    private const int Ingress = 1; // BPF_F_INGRESS

    private readonly IPacketPort _tap;
    private readonly KernelProgram _program;
    private readonly TcLink _link;

    /// <summary>Makes the TAP interface, named <c>hr</c> and the other's index.</summary>
    /// <param name="ifindex">The interface by which frames seem to come in.</param>
    /// <param name="mtu">Its longest packet.</param>
    /// <param name="queues">How many threads will send.</param>
    /// <exception cref="HeadraceException">There can be no TAP interface, or the kernel refused the program.</exception>
    public StackTap(uint ifindex, int mtu, int queues)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"hr{ifindex}");
        _tap = PortKinds.Open(string.Create(CultureInfo.InvariantCulture, $"tap:{name},queues={queues},mtu={mtu}"));
        try
        {
            _program = KernelProgram.Load(new ProgramSpec
            {
                Name = "headrace_stack",
                Type = ProgramType.SchedCls,
                License = "Apache-2.0",
                Instructions =
                [
                    Instruction.Mov32(Register.R1, (int)ifindex),
                    Instruction.Mov(Register.R2, Ingress),
                    Instruction.Call(HelperId.Redirect),
                    Instruction.Exit(),
                ],
            }, []);
            _link = _program.AttachTc(name, TcDirection.Ingress);
        }
        catch
        {
            _program?.Dispose();
            _tap.Dispose();
            throw;
        }
    }

    /// <summary>Where to send, one for each thread.</summary>
    public IReadOnlyList<PacketQueue> Queues => _tap.Queues;

    /// <inheritdoc/>
    public void Dispose()
    {
        _link.Dispose();
        _program.Dispose();
        _tap.Dispose();
    }
}
