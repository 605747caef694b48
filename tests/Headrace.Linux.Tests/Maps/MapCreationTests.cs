using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Maps;

/// <summary>Any parameters, valid or not: the kernel and Headrace accept and refuse the same, with the same error number.</summary>
public sealed class MapCreationTests(ITestOutputHelper output)
{
    private const int Specs = 2000;

    [Fact]
    public void Headrace_makes_and_refuses_the_maps_the_kernel_makes_and_refuses()
    {
        RequiresKernel.OrSkip();
        ulong seed = MapDuel.Seed(output);
        var random = new SeededRandom(seed);
        var answers = new Dictionary<int, int>();
        var differences = new SortedSet<string>();
        for (int i = 0; i < Specs; i++)
        {
            MapSpec spec = RandomSpecs.Any(random, random.Pick<MapType>(MapDuel.Types));
            int ours = Ours(spec), theirs = Theirs(spec);
            answers[theirs] = answers.GetValueOrDefault(theirs) + 1;
            if (ours != theirs)
                differences.Add($"{RandomSpecs.Describe(spec)}: ours {ours}, the kernel's {theirs}");
        }
        output.WriteLine("errno: maps " + string.Join(", ", answers.OrderBy(answer => answer.Key)));
        Assert.True(answers.GetValueOrDefault(0) > Specs / 5 && answers.Count >= 3, "the specs drawn are too much alike to say anything");
        Assert.True(differences.Count == 0, $"seed {seed}: {differences.Count} differences\n" + string.Join('\n', differences.Take(40)));
    }

    private static int Ours(MapSpec spec)
    {
        try
        {
            Map.Create(spec, Processors.Possible).Dispose();
            return 0;
        }
        catch (MapException refused)
        {
            return refused.Errno;
        }
    }

    private static int Theirs(MapSpec spec)
    {
        try
        {
            KernelMap.Create(spec).Dispose();
            return 0;
        }
        catch (KernelException refused)
        {
            return refused.Errno;
        }
    }
}
