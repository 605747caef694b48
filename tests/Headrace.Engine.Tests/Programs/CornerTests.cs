using System.Text;
using Headrace.Dataflow;
using Headrace.Testing.Corners;

namespace Headrace.Engine.Tests;

/// <summary>A burst of packets leaves on every engine, whichever pass is switched off, what the packets leave one by one on the interpreter.</summary>
public sealed unsafe class CornerTests
{
    public static TheoryData<int, string> Names => new(Corner.All.Select((corner, index) => (index, corner.ToString())));

    [Theory, MemberData(nameof(Names))]
    public void All_engines_agree(int index, string name)
    {
        Corner corner = Corner.All[index];
        Assert.Equal(name, corner.ToString());
        string expected = Story(corner, EngineKind.Interpreter, PassOptions.All);
        foreach (PassOptions passes in (PassOptions[])[PassOptions.All, PassOptions.None, .. PassPipeline.Names.Select(pass => PassOptions.Without(pass))])
        {
            foreach (EngineKind engine in (EngineKind[])[EngineKind.Dataflow, EngineKind.Jit, EngineKind.Batch])
            {
                string actual = Story(corner, engine, passes);
                string without = passes.Disabled.Count == 0 ? "with every pass" : $"without {string.Join(", ", passes.Disabled)}";
                Assert.True(expected == actual, $"{engine} {without}\nexpected:\n{expected}\nfound:\n{actual}");
            }
        }
    }

    private static MachineOptions Options(Corner corner) =>
        corner.Budget is { } budget ? new MachineOptions { Stages = StageChoice.All, Budget = budget } : new MachineOptions { Stages = StageChoice.All };

    private static string Story(Corner corner, EngineKind engine, PassOptions passes)
    {
        var shared = new Dictionary<string, Map>();
        foreach ((string name, string other) in corner.Same)
        {
            if (!shared.TryGetValue(other, out Map? map))
                shared[other] = map = Map.Create(corner.Spec.Maps[other], 1);
            shared[name] = map;
        }
        try
        {
            using Collection collection = Collection.Load(corner.Spec, new EngineOptions { Cpus = 1, Passes = passes, Maps = shared });
            using Executor executor = collection.Programs["main"].CreateExecutor(engine, Options(corner));
            using var burst = new PacketBurst(corner.Packets.Count);
            foreach (byte[] packet in corner.Packets)
                burst.Add(packet);
            var story = new StringBuilder();
            try
            {
                for (int i = 0; engine == EngineKind.Interpreter && i < burst.Count; i++)
                    executor.Run(burst.Frames + i, 1);
                if (engine != EngineKind.Interpreter)
                    executor.Run(burst.Frames, burst.Count);
            }
            catch (ProgramFaultException fault)
            {
                story.AppendLine(fault.Reason);
            }
            for (int i = 0; i < burst.Count; i++)
                story.Append(burst.Frames[i].Verdict).Append(' ').AppendLine(Convert.ToHexString(burst[i]));
            foreach (string name in corner.Listed)
            {
                foreach ((byte[] key, byte[] value) in collection.Maps[name].Entries().OrderBy(entry => Convert.ToHexString(entry.Key)))
                    story.Append(name).Append(' ').Append(Convert.ToHexString(key)).Append(" = ").AppendLine(Convert.ToHexString(value));
            }
            return story.ToString();
        }
        finally
        {
            foreach (Map map in shared.Values.Distinct())
                map.Dispose();
        }
    }
}
