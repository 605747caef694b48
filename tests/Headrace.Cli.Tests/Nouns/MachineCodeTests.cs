using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Headrace.Cli.Tests.Nouns;

public partial class MachineCodeTests
{
    [Theory]
    [InlineData("firewall", "firewall")]
    [InlineData("tailcall", "tcp")]
    [InlineData("loop", "sum16")]
    public void Objdump_finds_the_same_instructions(string name, string program)
    {
        Linux.Tests.Shell.Require("objdump");
        using var objects = new KernelObjects();
        using var folder = new TemporaryFolder();
        if (name != "firewall")
            objects.Load(name);
        string path = Directory.GetFiles(objects[name]).FirstOrDefault(file => Path.GetFileName(file) == program) ?? Directory.GetFiles(objects[name])[0];
        KernelObjects.Ours("prog", "dump", "jited", "pinned", path, "file", folder.File("code"));
        byte[] code = File.ReadAllBytes(folder.File("code"));
        using JsonDocument document = JsonDocument.Parse(KernelObjects.Ours("-j", "prog", "dump", "jited", "pinned", path, "opcodes"));
        Assert.NotEmpty(document.RootElement.EnumerateArray());
        int start = 0;
        foreach (JsonElement function in document.RootElement.EnumerateArray())
        {
            Assert.Matches("^bpf_prog_[0-9a-f]{16}_", function.GetProperty("name").GetString());
            List<(int Place, string Operation)> ours = [];
            foreach (JsonElement instruction in function.GetProperty("insns").EnumerateArray())
            {
                int place = int.Parse(instruction.GetProperty("pc").GetString()![2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                byte[] bytes = [.. instruction.GetProperty("opcodes").EnumerateArray().Select(one => Convert.ToByte(one.GetString(), 16))];
                Assert.Equal(code[(start + place)..(start + place + bytes.Length)], bytes);
                ours.Add((place, instruction.GetProperty("operation").GetString()!));
            }
            byte[] body = code[start..(start + ours[^1].Place + function.GetProperty("insns")[ours.Count - 1].GetProperty("opcodes").GetArrayLength())];
            File.WriteAllBytes(folder.File("function"), body);
            string listing = Linux.Tests.Shell.Run("objdump", "-D", "-w", "-b", "binary", "-m", "i386:x86-64", folder.File("function"));
            List<(int Place, string Operation)> theirs = [.. Line().Matches(listing).Select(match =>
                (int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture), match.Groups[2].Value))];
            Assert.Equal(theirs.Select(Plain), ours.Select(Plain));
            start += body.Length;
        }
        Assert.Equal(code.Length, start);
    }

    // objdump writes a size behind some operations and leaves it out behind others, Iced the other way round.
    private static (int Place, string Operation) Plain((int Place, string Operation) one) => (one.Place, one.Operation switch
    {
        "ja" or "jnbe" => "ja",
        _ when one.Operation.Length > 3 && one.Operation[^1] is 'b' or 'w' or 'l' or 'q' => one.Operation[..^1],
        _ => one.Operation,
    });

    [GeneratedRegex(@"^ +([0-9a-f]+):\t[0-9a-f ]+\t(?:lock )?(\w+)", RegexOptions.Multiline)]
    private static partial Regex Line();
}
