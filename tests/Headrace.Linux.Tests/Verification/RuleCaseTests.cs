using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing.Rules;

namespace Headrace.Linux.Tests.Verification;

/// <summary>What the rules' cases expect is what this kernel says.</summary>
public class RuleCaseTests(RuleCaseTests.Kernel kernel) : IClassFixture<RuleCaseTests.Kernel>
{
    public static TheoryData<string> Files => [.. RuleCase.Files];

    private const int MessagesOnly = 4; // BPF_LOG_STATS, include/linux/bpf_verifier.h

    /// <summary>Asks the kernel; HEADRACE_RECORD=1 writes its answers into the files.</summary>
    [Theory, MemberData(nameof(Files))]
    public void The_kernel_says_what_the_cases_expect(string file)
    {
        RequiresKernel.OrSkip();
        bool records = Environment.GetEnvironmentVariable("HEADRACE_RECORD") == "1";
        string path = Path.Combine(RuleCase.Folder, file);
        string[] lines = records ? File.ReadAllLines(path) : [];
        var differences = new List<string>();
        foreach (RuleCase rule in RuleCase.Read(file))
        {
            string said = Ask(rule);
            if (said == rule.Refusal)
                continue;
            differences.Add($"{file}:{rule.Line}: {rule.Name}\n    expected: {rule.Refusal}\n    kernel:   {said}");
            if (records)
            {
                string line = lines[rule.Line - 1];
                lines[rule.Line - 1] = $"{line[..(line.LastIndexOf("=>", StringComparison.Ordinal) + 2)]} {(rule.IsVerdictOnly && said.Length > 0 ? "~ " : "")}{said}".TrimEnd();
            }
        }
        if (records)
            File.WriteAllLines(path, lines);
        else
            Assert.True(differences.Count == 0, string.Join('\n', [$"{differences.Count} differences", .. differences]));
    }

    private string Ask(RuleCase rule)
    {
        using KernelBtf? types = rule.Types is { } btf ? KernelBtf.Load(btf.Raw.Span, rule.Name) : null;
        try
        {
            LoadInto(rule.Program, types).Dispose();
            return "";
        }
        catch (KernelException refusal)
        {
            string said = RuleCase.RefusalOf(refusal.Log);
            return said.Length > 0 ? said : $"(errno {refusal.Errno})";
        }
    }

    private KernelProgram LoadInto(ProgramSpec program, KernelBtf? types)
    {
        if ((program.Flags & ProgramFlags.XdpDeviceBoundOnly) == 0)
            return KernelProgram.Load(program, kernel.Maps, types, logLevel: MessagesOnly);
        using IDisposable near = kernel.Pair.EnterNear();
        using var references = new KernelReferences();
        uint device = (uint)NetworkDevice.Find(VethPair.Device).Index;
        return KernelProgram.Load(new KernelCode(program, null, references), program, kernel.Maps, types, lines: null, MessagesOnly, device);
    }

    /// <summary>The cases' maps in the kernel, made when the first case needs them.</summary>
    public sealed class Kernel : IDisposable
    {
        private readonly List<KernelMap> _maps = [];
        private VethPair? _pair;

        /// <summary>A device that programs can be bound to, in a namespace of its own.</summary>
        internal VethPair Pair => _pair ??= new VethPair();

        public IReadOnlyList<KernelMap> Maps
        {
            get
            {
                if (_maps.Count == 0)
                {
                    using KernelBtf types = KernelBtf.Load(RuleMaps.Types, "rule maps");
                    _maps.AddRange(RuleMaps.All.Select(spec => Create(spec, types)));
                }
                return _maps;
            }
        }

        public void Dispose()
        {
            _maps.ForEach(map => map.Dispose());
            _pair?.Dispose();
        }

        private static KernelMap Create(MapSpec spec, KernelBtf types)
        {
            KernelMap map = KernelMap.Create(spec, spec.ValueTypeId == 0 ? null : types);
            foreach (MapEntrySpec entry in spec.Entries)
                map.Update(entry.Key, entry.Value!);
            if (spec.Freeze)
                map.Freeze();
            return map;
        }
    }
}
