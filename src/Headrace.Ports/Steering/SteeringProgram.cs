using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Ports;

/// <summary>The XDP program that gives an interface's packets to its AF_XDP sockets and leaves the others to the kernel.</summary>
internal sealed class SteeringProgram : IDisposable
{
    private const uint LargestQueue = 256;

    private readonly bool _fragments;
    private readonly KernelMap _ownMap;
    private readonly Dictionary<uint, int> _sockets = [];
    private KernelProgram _program;
    private KernelCollection? _collection;
    private XdpLink? _link;

    /// <summary>Loads one that takes every packet.</summary>
    /// <param name="fragments">True for an interface whose packets may be longer than a page: the driver then wants a program that says it can.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public SteeringProgram(bool fragments)
    {
        _fragments = fragments;
        _ownMap = KernelMap.Create(new MapSpec
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
            _ownMap.Dispose();
            throw;
        }
    }

    /// <summary>True when the driver runs it; false when the kernel does, behind the driver and slower.</summary>
    public bool IsNative => _link?.Mode == XdpMode.Native;

    /// <summary>Gives a queue's packets to a socket.</summary>
    public void SetSocket(uint queue, int descriptor)
    {
        _sockets[queue] = descriptor;
        Put(_ownMap, queue, descriptor);
    }

    /// <summary>Attaches it: from now on packets go to the sockets.</summary>
    /// <exception cref="HeadraceException">Another program is attached, or the kernel refused.</exception>
    public void Attach(string device, XdpMode mode) => _link = _program.AttachXdp(device, mode);

    /// <summary>Changes which packets go to the sockets, between two packets.</summary>
    /// <param name="flows">What to take; none takes all.</param>
    /// <exception cref="HeadraceException">The kernel refused; what was there stays.</exception>
    public void Change(IReadOnlyList<FlowFilter> flows) => Replace(Load(flows), null);

    /// <summary>Lets an object's program choose.</summary>
    /// <exception cref="HeadraceException">The object has not one XDP program and one xskmap, or the kernel refused; what was there stays.</exception>
    public void Change(CollectionSpec spec)
    {
        ProgramSpec[] programs = [.. spec.Programs.Where(program => program.Type == ProgramType.Xdp)];
        MapSpec[] maps = [.. spec.Maps.Where(map => map.Type == MapType.XskMap)];
        if (programs.Length != 1 || maps.Length != 1)
            throw new HeadraceException($"{spec.Source}: a program that steers flows is one XDP program with one xskmap; it has {programs.Length} and {maps.Length}");
        KernelCollection collection = KernelCollection.Load(spec, new KernelLoadOptions { Programs = [programs[0].Name] });
        try
        {
            foreach ((uint queue, int descriptor) in _sockets)
                Put(collection.Maps[maps[0].Name], queue, descriptor);
            Replace(collection.Programs[programs[0].Name], collection);
        }
        catch
        {
            collection.Dispose();
            throw;
        }
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
        _collection?.Dispose();
        _ownMap.Dispose();
    }

    private static void Put(KernelMap map, uint queue, int descriptor) => map.Update(BitConverter.GetBytes(queue), BitConverter.GetBytes(descriptor));

    private void Replace(KernelProgram next, KernelCollection? collection)
    {
        try
        {
            _link?.Replace(next);
        }
        catch
        {
            next.Dispose();
            throw;
        }
        _program.Dispose();
        _collection?.Dispose();
        (_program, _collection) = (next, collection);
    }

    private KernelProgram Load(IReadOnlyList<FlowFilter> flows) => KernelProgram.Load(new ProgramSpec
    {
        Name = "headrace_steer",
        Type = ProgramType.Xdp,
        ExpectedAttachType = AttachType.Xdp,
        Flags = _fragments ? ProgramFlags.XdpHasFrags : 0,
        License = "Apache-2.0",
        Instructions = SteeringCode.Build(flows),
    }, [_ownMap]);
}
