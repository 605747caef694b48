using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Linux.Sys;
using Headrace.Objects;

namespace Headrace.Ports;

/// <summary>The XDP program that gives an interface's packets to its AF_XDP sockets and leaves the others to the kernel.</summary>
internal sealed class SteeringProgram : IDisposable
{
    private const uint LargestQueue = 256;

    private readonly string _interface;
    private readonly bool _fragments;
    private readonly KernelMap _sockets;
    private KernelProgram _program;
    private KernelLink? _link;

    /// <summary>Loads it.</summary>
    /// <param name="interfaceName">The interface, for messages.</param>
    /// <param name="fragments">True for an interface whose packets may be longer than a page: the driver then wants a program that says it can.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public SteeringProgram(string interfaceName, bool fragments)
    {
        (_interface, _fragments) = (interfaceName, fragments);
        _sockets = KernelMap.Create(new MapSpec
        {
            Name = "headrace_xsks",
            Type = MapType.XskMap,
            KeySize = sizeof(uint),
            ValueSize = sizeof(uint),
            MaxEntries = LargestQueue,
        });
        try
        {
            _program = Load([]);
        }
        catch
        {
            _sockets.Dispose();
            throw;
        }
    }

    /// <summary>True when the driver runs it; false when the kernel does, behind the driver and slower.</summary>
    public bool IsNative { get; private set; }

    /// <summary>Gives a queue's packets to a socket.</summary>
    public void SetSocket(uint queue, int descriptor) => _sockets.Update(BitConverter.GetBytes(queue), BitConverter.GetBytes(descriptor));

    /// <summary>Attaches it: from now on packets go to the sockets.</summary>
    /// <param name="ifindex">The interface.</param>
    /// <param name="mode"><c>native</c>, <c>generic</c>, or <c>auto</c> for the first that works.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void Attach(uint ifindex, string mode)
    {
        const uint Generic = 1 << 1, Native = 1 << 2; // XDP_FLAGS_SKB_MODE, XDP_FLAGS_DRV_MODE
        int result = mode == "generic" ? -ErrorNumber.EOPNOTSUPP : Create(ifindex, Native);
        IsNative = result >= 0;
        if (result < 0 && (mode == "generic" || (mode == "auto" && result != -ErrorNumber.EBUSY)))
            result = Create(ifindex, Generic);
        if (result < 0)
        {
            throw new KernelException("BPF_LINK_CREATE", $"XDP on {_interface}", -result,
                advice: -result == ErrorNumber.EBUSY ? "Another XDP program is attached: 'headrace net' shows which." : null);
        }
        _link = new KernelLink(new Descriptor(result));
    }

    /// <summary>Changes which packets go to the sockets, between two packets.</summary>
    /// <param name="filter">
    /// Instructions that find R6 the context and go on behind their end to take a packet, or return <c>XDP_PASS</c>; empty takes all.
    /// </param>
    /// <exception cref="KernelException">The kernel refused; what was there stays.</exception>
    public void Change(Instruction[] filter)
    {
        KernelProgram next = Load(filter);
        try
        {
            _link?.Update(next);
        }
        catch
        {
            next.Dispose();
            throw;
        }
        _program.Dispose();
        _program = next;
    }

    /// <summary>Detaches it: from now on the kernel has every packet.</summary>
    public void Detach()
    {
        _link?.Dispose();
        _link = null;
    }

    /// <summary>Detaches and unloads it.</summary>
    public void Dispose()
    {
        Detach();
        _program.Dispose();
        _sockets.Dispose();
    }

    private int Create(uint ifindex, uint flags)
    {
        var attributes = new LinkCreateAttr
        {
            ProgramFd = _program.Descriptor.Value,
            TargetIfindex = ifindex,
            AttachType = (uint)AttachType.Xdp,
            Flags = flags,
        };
        return Bpf.CreateLink(ref attributes);
    }

    private KernelProgram Load(Instruction[] filter)
    {
        const short QueueOffset = 16; // offsetof(struct xdp_md, rx_queue_index)
        Instruction[] instructions = new ProgramBuilder()
            .Add(Instruction.Mov(Register.R6, Register.R1))
            .Add(filter)
            .Add(Instruction.Load(AccessSize.Word, Register.R2, Register.R6, QueueOffset))
            .Add(Instruction.LoadMap(Register.R1, 0))
            .Add(Instruction.Mov(Register.R3, (int)XdpAction.Pass)) // where no socket is bound
            .Add(Instruction.Call(HelperId.RedirectMap))
            .Add(Instruction.Exit())
            .Build();
        return KernelProgram.Load(new ProgramSpec
        {
            Name = "headrace_steer",
            Type = ProgramType.Xdp,
            ExpectedAttachType = AttachType.Xdp,
            Flags = _fragments ? ProgramFlags.XdpHasFrags : 0,
            License = "Apache-2.0",
            Instructions = instructions,
        }, [_sockets]);
    }
}
