using Headrace.Bytecode;
using Headrace.Testing;

namespace Headrace.Objects.Tests;

public class LoadTests
{
    public static TheoryData<string> Objects
    {
        get
        {
            const string debian = "/usr/lib/x86_64-linux-gnu/bpf";
            var data = new TheoryData<string>();
            foreach (string path in Repository.ProgramObjects)
                data.Add(path);
            if (Directory.Exists(debian))
            {
                foreach (string path in Directory.GetFiles(debian, "*.o").Order(StringComparer.Ordinal))
                    data.Add(path);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Objects))]
    public void Every_object_loads_with_all_references_resolved(string path)
    {
        CollectionSpec spec = CollectionSpec.Load(path);
        Assert.NotEmpty(spec.Programs);
        foreach (ProgramSpec program in spec.Programs)
        {
            Assert.NotEqual(ProgramType.Unspec, program.Type);
            Assert.NotEmpty(program.Lines);
            Assert.Equal(program.Name, program.Functions[0].Name);
            foreach (Instruction instruction in program.Instructions)
            {
                if (instruction.Opcode.IsWideLoad && instruction.WideLoadKind is WideLoadKind.MapIndex or WideLoadKind.MapValueIndex)
                    Assert.InRange(instruction.Imm32, 0, spec.Maps.Count - 1);
            }
        }
    }

    [Fact]
    public void Locks_and_timers_in_values_are_found_by_the_names_of_their_types()
    {
        CollectionSpec spec = CollectionSpec.Load(Clang.Compile(Sources.Managed, "managed"));
        Assert.Equal(
            [new MapFieldSpec(MapFieldKind.SpinLock, 8, 4), new MapFieldSpec(MapFieldKind.Timer, 16, 16)],
            spec.Maps["managed"].SpecialFields);
        Assert.Equal([new MapFieldSpec(MapFieldKind.SpinLock, 8, 4)], spec.Maps[".data.locked"].SpecialFields);
    }

    [Fact]
    public void Programs_maps_and_globals_of_an_object_are_described()
    {
        CollectionSpec spec = CollectionSpec.Load(Clang.Compile(Sources.Globals, "counters"));

        ProgramSpec count = spec.Programs["count"];
        Assert.Equal(ProgramType.Xdp, count.Type);
        Assert.Equal(AttachType.Xdp, count.ExpectedAttachType);
        Assert.Equal("GPL", count.License);
        Assert.Equal(ProgramFlags.XdpHasFrags, spec.Programs["frags"].Flags);
        Assert.Equal(ProgramType.SchedCls, spec.Programs["classify"].Type);
        Assert.False(spec.Programs["classify"].AutoLoad);

        MapSpec hits = spec.Maps["hits"];
        Assert.Equal((MapType.PerCpuHash, 8u, 16u, 1000u), (hits.Type, hits.KeySize, hits.ValueSize, hits.MaxEntries));
        Assert.Equal(MapFlags.NoPrealloc, hits.Flags);
        Assert.True(hits.PinByName);
        Assert.Equal(5u, spec.Maps["bloom"].Extra);

        Assert.Equal(10u, spec.Variables["limit"].Get<uint>());
        Assert.True(spec.Variables["limit"].IsConstant);
        Assert.Equal(".rodata", spec.Variables["limit"].Map.Name);
        Assert.Equal("counters.rodata", spec.Maps[".rodata"].KernelName);
        spec.Variables["seen"].Set(7UL);
        Assert.Equal(7UL, BitConverter.ToUInt64(spec.Maps[".bss"].Data!, spec.Variables["seen"].Offset));
        Assert.Equal(3, spec.Variables["start"].Get<int>());
        Assert.Equal(8, spec.Maps[".data.special"].Data!.Length);
        Assert.Contains("it has 4 bytes, Int64 has 8", Assert.Throws<ObjectException>(() => spec.Variables["limit"].Set(1L)).Message);
    }

    [Fact]
    public void Source_lines_follow_the_instructions_into_the_linked_program()
    {
        CollectionSpec spec = CollectionSpec.Load(Clang.Compile(Sources.Subprograms, "calls"));
        ProgramSpec program = spec.Programs["entry"];
        Assert.Equal(["entry", "scale", "fold", "each"], program.Functions.Select(function => function.Name));
        Assert.Equal([true, false, true, false], program.Functions.Select(function => function.IsGlobal));
        foreach (FunctionSpec function in program.Functions)
        {
            Assert.Equal(function.Name, spec.Types![function.TypeId].Name);
            Assert.Equal(function.Start, program.LineAt(function.Start)!.Instruction);
        }
        SourceLine folding = program.Lines.First(line => line.Text.Contains("copy ^ (copy >> 16)", StringComparison.Ordinal));
        Assert.InRange(folding.Instruction, program.Functions[2].Start, program.Functions[3].Start - 1);
        Assert.EndsWith("calls.bpf.c", folding.File);
        Instruction[] code = program.Instructions;
        int call = Array.FindIndex(code, instruction => instruction.IsCall && instruction.CallKind == CallKind.Local);
        Assert.Equal(program.Functions[1].Start, call + 1 + code[call].Imm32);
        int address = Array.FindIndex(code, instruction => instruction.Opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.Function);
        Assert.Equal(program.Functions[3].Start, address + 1 + code[address].Imm32);
    }

    [Fact]
    public void Initial_values_name_programs_and_inner_maps()
    {
        CollectionSpec spec = CollectionSpec.Load(Clang.Compile(Sources.Initial, "initial"));
        Assert.Equal([(0, "drop"), (2, "pass")], spec.Maps["jumps"].Entries.Select(entry => (BitConverter.ToInt32(entry.Key), entry.Reference)));
        MapSpec outer = spec.Maps["outer"];
        Assert.Equal([(1, "inner_a"), (3, "inner_b")], outer.Entries.Select(entry => (BitConverter.ToInt32(entry.Key), entry.Reference)));
        Assert.Equal((MapType.Array, 4u, 8u, 16u), (outer.InnerMap!.Type, outer.InnerMap.KeySize, outer.InnerMap.ValueSize, outer.InnerMap.MaxEntries));
        Assert.Equal(4u, outer.ValueSize);
    }

    [Fact]
    public void Externs_of_the_kernel_are_kept_as_names_or_filled_from_the_options()
    {
        string path = Clang.Compile(Sources.Externs, "externs");
        CollectionSpec spec = CollectionSpec.Load(path, new ObjectOptions
        {
            KernelVersion = new Version(6, 12, 3),
            KernelConfig = new Dictionary<string, string> { ["CONFIG_HZ"] = "250", ["CONFIG_BPF_JIT"] = "y", ["CONFIG_NAME"] = "\"abc\"" },
        });
        Assert.Equal(0x060c03, spec.Variables["LINUX_KERNEL_VERSION"].Get<int>());
        Assert.Equal(250UL, spec.Variables["CONFIG_HZ"].Get<ulong>());
        Assert.Equal(1, spec.Variables["CONFIG_BPF_JIT"].Get<byte>());
        Assert.Equal("abc\0"u8, spec.Variables["CONFIG_NAME"].Bytes[..4]);
        Assert.Contains(spec.Notes, note => note.Contains("CONFIG_MISSING", StringComparison.Ordinal));
        Assert.DoesNotContain(spec.Notes, note => note.Contains("CONFIG_WEAK", StringComparison.Ordinal));
        ProgramSpec program = spec.Programs["externs"];
        (int slot, string name) = Assert.Single(program.Kfuncs);
        Assert.Equal("bpf_xdp_metadata_rx_hash", name);
        Assert.Equal(CallKind.Kfunc, program.Instructions[slot].CallKind);
        Assert.Equal("jiffies", Assert.Single(program.KernelSymbols).Value);
    }

    [Fact]
    public void Old_map_definitions_are_read()
    {
        CollectionSpec spec = CollectionSpec.Load(Clang.Compile(Sources.LegacyMaps, "legacy"));
        Assert.Equal((MapType.Hash, 4u, 8u, 32u), (spec.Maps["first"].Type, spec.Maps["first"].KeySize, spec.Maps["first"].ValueSize, spec.Maps["first"].MaxEntries));
        Assert.Equal(MapType.Array, spec.Maps["second"].Type);
        int load = Array.FindIndex(spec.Programs["old"].Instructions, instruction => instruction.WideLoadKind == WideLoadKind.MapIndex && instruction.Opcode.IsWideLoad);
        Assert.Equal(1, spec.Programs["old"].Instructions[load].Imm32);
    }

    [Fact]
    public void An_object_without_debug_information_still_loads_when_it_needs_none()
    {
        CollectionSpec spec = CollectionSpec.Load(Clang.Compile("SEC(\"xdp\") int drop(void *ctx) { return 1; } int flag = 5;", options: "-O2"));
        Assert.Null(spec.Types);
        Assert.Equal(2, spec.Programs["drop"].Instructions.Length);
        Assert.Equal(5, spec.Variables["flag"].Get<int>());
    }

    [Fact]
    public void A_section_that_names_no_program_type_is_reported_with_the_names_that_do()
    {
        CollectionSpec spec = CollectionSpec.Load(Clang.Compile("SEC(\"xpd\") int drop(void *ctx) { return 1; }"));
        Assert.Equal(ProgramType.Unspec, spec.Programs["drop"].Type);
        Assert.Contains("section 'xpd' names no program type", Assert.Single(spec.Notes));
    }

    [Fact]
    public void What_is_no_eBPF_object_is_refused_with_the_way_out()
    {
        Assert.Contains("no ELF file", Assert.Throws<ObjectException>(() => CollectionSpec.Parse("#include"u8.ToArray(), "a.c")).Message);
        Assert.Contains("cannot be read", Assert.Throws<ObjectException>(() => CollectionSpec.Load("/nonexistent.bpf.o")).Message);
        byte[] bytes = File.ReadAllBytes(Clang.Compile(Sources.Globals, "counters"));
        AssertRefused("32-bit", 4, 1);
        AssertRefused("big-endian", 5, 2);
        AssertRefused("for machine 62", 18, 62);
        AssertRefused("type 2", 16, 2);

        void AssertRefused(string reason, int offset, byte value)
        {
            byte[] changed = (byte[])bytes.Clone();
            changed[offset] = value;
            Assert.Contains(reason, Assert.Throws<ObjectException>(() => CollectionSpec.Parse(changed, "changed.o")).Message);
        }
    }
}
