using Headrace.Objects;

namespace Headrace.Linux.Tests.Differential;

/// <summary>The generator's programs are of the kind the kernel accepts; without this the differential tests would compare nothing.</summary>
public class KernelAcceptanceTests
{
    private const int Programs = 1000;
    private const int MaxRefused = Programs / 100;

    public KernelAcceptanceTests() => RequiresKernel.OrSkip();

    [Fact]
    public void Ninety_nine_of_a_hundred_random_programs_are_accepted()
    {
        List<KernelMap> maps = [.. RandomMaps.Specs().Select(spec => KernelMap.Create(spec))];
        var reasons = new Dictionary<string, int>();
        for (ulong seed = 1; seed <= Programs; seed++)
        {
            ProgramSpec program = ProgramGenerator.Generate(seed, RandomProgramTests.Statements).ToSpec().Programs[0];
            try
            {
                KernelProgram.Load(program, maps).Dispose();
            }
            catch (KernelException error)
            {
                string reason = KernelLog.ErrorLine(error.Log);
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            }
        }
        maps.ForEach(map => map.Dispose());
        Assert.True(reasons.Values.Sum() <= MaxRefused, string.Join('\n', reasons.OrderByDescending(reason => reason.Value).Select(reason => $"{reason.Value} x {reason.Key}")));
    }
}
