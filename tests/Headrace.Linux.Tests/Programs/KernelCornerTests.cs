using Headrace.Engine;
using Headrace.Linux.Tests.Differential;
using Headrace.Testing.Corners;

namespace Headrace.Linux.Tests;

/// <summary>The corners of the engines' tests leave in the kernel what they leave on the interpreter, which the other engines are compared with.</summary>
public class KernelCornerTests
{
    // The kernel has another budget, and does not tell of it.
    public static TheoryData<int, string> Names => new(Corner.All.Select((corner, index) => (index, corner)).Where(row => row.corner.Budget is null).Select(row => (row.index, row.corner.ToString())));

    [Theory, MemberData(nameof(Names))]
    public void The_kernel_agrees(int index, string name)
    {
        RequiresKernel.OrSkip();
        Corner corner = Corner.All[index];
        Assert.Equal(name, corner.ToString());
        using IDisposable pin = Processors.Pin(out int processor);
        var kernelMaps = corner.Same.Values.Distinct().ToDictionary(other => other, other => KernelMap.Create(corner.Spec.Maps[other]));
        var maps = corner.Same.Values.Distinct().ToDictionary(other => other, other => Map.Create(corner.Spec.Maps[other]));
        foreach ((string same, string other) in corner.Same)
            (kernelMaps[same], maps[same]) = (kernelMaps[other], maps[other]);
        try
        {
            using KernelCollection kernelCollection = KernelCollection.Load(corner.Spec, new KernelLoadOptions { Maps = kernelMaps });
            using Collection collection = Collection.Load(corner.Spec, new EngineOptions { Cpus = Processors.Possible, Maps = maps });
            using PacketBurst kernelPackets = Burst(corner), packets = Burst(corner);
            using var kernel = new KernelSubject(kernelCollection.Programs["main"], kernelCollection.Maps, kernelPackets);
            using var interpreter = new EngineSubject(collection.Programs["main"], EngineKind.Interpreter, collection.Maps, packets, new MachineOptions { Cpu = processor });
            kernel.Run();
            interpreter.Run();
            Assert.Null(Difference.Find(kernel, interpreter, corner.Listed));
        }
        finally
        {
            foreach (KernelMap map in kernelMaps.Values.Distinct())
                map.Dispose();
            foreach (Map map in maps.Values.Distinct())
                map.Dispose();
        }
    }

    private static PacketBurst Burst(Corner corner)
    {
        var burst = new PacketBurst(corner.Packets.Count);
        foreach (byte[] packet in corner.Packets)
            burst.Add(packet);
        return burst;
    }
}
