using Headrace.Bytecode;

namespace Headrace.Objects.Tests.Writing;

public class HostileObjectTests
{
    [Fact]
    public void A_damaged_object_is_disassembled_or_refused_with_a_typed_error()
    {
        const int seed = 77;
        byte[] original = ObjectWriter.ToBytes(AssemblyModule.Parse(AssemblyExamples.Everything, "everything.s"));
        var random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 2_000; i++)
        {
            byte[] damaged = [.. original];
            for (int change = random.Next(1, 4); change > 0; change--)
                damaged[random.Next(damaged.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : 0xff);
            try
            {
                string text = ObjectDisassembler.Parse(damaged, "damaged.o").ToText();
                read++;
                ObjectWriter.ToBytes(AssemblyModule.Parse(text));
            }
            catch (HeadraceException error)
            {
                Assert.NotEmpty(error.Message);
            }
            catch (Exception error) when (error is not HeadraceException)
            {
                Assert.Fail($"seed {seed}, case {i}: {error}");
            }
        }
        Assert.InRange(read, 100, 2_000);
    }
}
