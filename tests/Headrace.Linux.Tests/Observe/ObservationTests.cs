using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Linux.Tests.Observe;

/// <summary>What the kernel tells of loaded objects is what was loaded, and what bpftool says.</summary>
public class ObservationTests
{
    public ObservationTests() => RequiresKernel.OrSkip();

    private static string ObjectPath(string name) => Repository.ProgramObjects.Single(path => Path.GetFileName(path) == name + ".bpf.o");

    [Fact]
    public void A_loaded_program_is_listed_with_its_maps_types_and_lines()
    {
        var spec = CollectionSpec.Load(ObjectPath("firewall"));
        using KernelCollection collection = KernelCollection.Load(spec);
        KernelProgram program = collection.Programs.Values.First();
        Assert.Contains(program.Id, KernelProgram.Ids());
        ProgramInfo info = program.GetInfo();
        Assert.Equal(program.Name, info.Name);
        Assert.Equal(program.Spec.Type, info.Type);
        Assert.Equal(16, info.Tag.Length);
        Assert.True(info.IsGplCompatible == (spec.License.Contains("GPL", StringComparison.Ordinal)));
        Assert.All(info.MapIds, id => Assert.Contains(id, collection.Maps.Values.Select(map => map.Id)));
        Assert.NotEmpty(info.MapIds);
        Assert.True(info.VerifiedInstructions > 0 && info.MemoryLocked > 0 && info.TranslatedSize > 0 && info.JitedSize > 0);
        Assert.Equal(program.Spec.Functions.Count, info.Functions.Count);
        Assert.InRange(DateTimeOffset.Now - info.LoadedAt, TimeSpan.FromSeconds(-2), TimeSpan.FromMinutes(2));

        Btf types = KernelBtf.TryGetTypes(info.BtfId)!;
        Assert.Equal(program.Spec.Functions.Select(function => function.Name), info.Functions.Select(function => types[function.TypeId].Name));
        Assert.NotEmpty(info.Lines);
        Assert.All(info.Lines, line => Assert.EndsWith(".c", types.Text(line.FileOffset).Replace(".h", ".c", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.Equal(info.JitedLines.Count, info.Lines.Count);
        Assert.Equal((int)info.JitedSize, program.DumpMachineCode().Sum(function => function.Code.Length));
    }

    [Fact]
    public void Rewritten_instructions_name_maps_by_id_and_helpers_by_symbol()
    {
        using KernelCollection collection = KernelCollection.Load(CollectionSpec.Load(ObjectPath("firewall")));
        KernelProgram program = collection.Programs.Values.First();
        byte[] translated = program.DumpTranslated();
        Assert.Equal((int)program.GetInfo().TranslatedSize, translated.Length);
        Instruction[] instructions = Instruction.Decode(translated);
        Assert.Contains(instructions, instruction => instruction.Opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.MapFd
            && program.GetInfo().MapIds.Contains((uint)instruction.Immediate));
        KernelSymbolTable symbols = KernelSymbolTable.Load();
        Assert.False(symbols.IsEmpty, "/proc/kallsyms shows no addresses although this process is root");
        Assert.Contains(instructions, instruction => instruction.IsCall && symbols.NameOfCall(instruction)?.Contains("lookup", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_map_is_opened_by_number_and_used()
    {
        using KernelMap map = KernelMap.Create(new MapSpec { Name = "seen", Type = MapType.Hash, KeySize = 4, ValueSize = 8, MaxEntries = 10, Flags = MapFlags.NoPrealloc });
        map.Update(BitConverter.GetBytes(7), BitConverter.GetBytes(70L));
        using KernelMap other = KernelMap.Open(map.Id);
        byte[] value = new byte[8];
        Assert.True(other.Lookup(BitConverter.GetBytes(7), value));
        Assert.Equal(70, BitConverter.ToInt64(value));
        MapInfo info = other.GetInfo();
        Assert.Equal(("seen", MapType.Hash, 4u, 8u, 10u, MapFlags.NoPrealloc, false), (info.Name, info.Type, info.KeySize, info.ValueSize, info.MaxEntries, info.Flags, info.IsFrozen));
        Assert.True(info.MemoryLocked > 0);
        map.Freeze();
        Assert.True(other.GetInfo().IsFrozen);
        Assert.Contains(map.Id, KernelMap.Ids());
    }

    [Fact]
    public void What_is_not_there_is_said_in_words()
    {
        KernelException error = Assert.Throws<KernelException>(() => KernelProgram.Open(0x7fff_fff0));
        Assert.Equal("ENOENT", error.ErrnoName);
        Assert.Contains("program 2147483632", error.Message, StringComparison.Ordinal);
        Assert.Null(KernelMap.TryOpen(0x7fff_fff0));
        Assert.Null(KernelLink.TryOpen(0x7fff_fff0));
        Assert.Null(KernelBtf.TryOpen(0x7fff_fff0));
    }

    [Fact]
    public void Pins_keep_objects_and_say_what_they_are()
    {
        using var mount = new BpfMount();
        uint mapId, programId;
        using (KernelMap map = KernelMap.Create(new MapSpec { Name = "pinned", Type = MapType.Array, KeySize = 4, ValueSize = 4, MaxEntries = 1 }))
        using (KernelProgram program = KernelProgram.Load(KernelProgram.ReturnsDrop("pinned", ProgramType.Xdp), []))
        {
            map.Update(new byte[4], [1, 2, 3, 4]);
            map.Pin(mount["map"]);
            program.Pin(mount["program"]);
            (mapId, programId) = (map.Id, program.Id);
            KernelException twice = Assert.Throws<KernelException>(() => map.Pin(mount["map"]));
            Assert.Equal("EEXIST", twice.ErrnoName);
        }
        Assert.Equal(PinKind.Map, BpfFileSystem.KindOf(mount["map"]));
        PinnedObject[] pins = [.. BpfFileSystem.Pins().Where(pin => pin.Path.StartsWith(mount.Path, StringComparison.Ordinal)).OrderBy(pin => pin.Path)];
        Assert.Equal([new(mount["map"], PinKind.Map, mapId), new(mount["program"], PinKind.Program, programId)], pins);
        using (KernelMap again = KernelMap.OpenPinned(mount["map"]))
        {
            byte[] value = new byte[4];
            Assert.True(again.Lookup(new byte[4], value));
            Assert.Equal([1, 2, 3, 4], value);
        }
        using (KernelProgram again = KernelProgram.OpenPinned(mount["program"]))
            Assert.Equal(1u, again.TestRun(new byte[64]).ReturnValue);
        HeadraceException error = Assert.Throws<HeadraceException>(() => KernelMap.OpenPinned(mount["program"]));
        Assert.Contains("a program is pinned there", error.Message, StringComparison.Ordinal);
        Assert.True(BpfFileSystem.Unpin(mount["map"]) && BpfFileSystem.Unpin(mount["program"]));
        Assert.False(BpfFileSystem.Unpin(mount["map"]));
        Eventually.Holds(() => KernelMap.TryOpen(mapId) is null && KernelProgram.TryOpen(programId) is null, "unpinned objects are gone");
    }

    [Fact]
    public void A_pin_outside_a_bpf_file_system_is_refused_in_words()
    {
        using KernelMap map = KernelMap.Create(new MapSpec { Name = "nowhere", Type = MapType.Array, KeySize = 4, ValueSize = 4, MaxEntries = 1 });
        KernelException error = Assert.Throws<KernelException>(() => map.Pin(Path.Combine(Path.GetTempPath(), "headrace-no-pin")));
        Assert.Contains("bpf file system", error.Message, StringComparison.Ordinal);
        string file = Path.GetTempFileName();
        Assert.Throws<HeadraceException>(() => BpfFileSystem.Unpin(file));
        Assert.True(File.Exists(file));
        File.Delete(file);
    }

    [Fact]
    public void Runs_are_counted_while_statistics_are_on()
    {
        using KernelProgram program = KernelProgram.Load(KernelProgram.ReturnsDrop("counted", ProgramType.SocketFilter), []);
        Assert.Equal(0ul, program.GetInfo().RunCount);
        using (RunStatistics.Enable())
        {
            // Test runs are not counted; a packet socket's filter is.
            using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
            socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
            socket.SetRawSocketOption(1, 50, BitConverter.GetBytes(program.Descriptor.Value)); // SOL_SOCKET, SO_ATTACH_BPF
            for (int i = 0; i < 10; i++)
                socket.SendTo([1, 2, 3], socket.LocalEndPoint!);
            Eventually.Holds(() => program.GetInfo().RunCount >= 10, "ten runs are counted");
        }
        Assert.True(program.GetInfo().RunTime > 0);
    }

    [Fact]
    public void Bpftool_says_the_same_of_our_objects()
    {
        Shell.Require("bpftool");
        using KernelCollection collection = KernelCollection.Load(CollectionSpec.Load(ObjectPath("lb")));
        foreach (KernelProgram program in collection.Programs.Values)
        {
            ProgramInfo info = program.GetInfo();
            using var json = JsonDocument.Parse(Shell.Run("bpftool", "-j", "prog", "show", "id", $"{info.Id}"));
            JsonElement theirs = json.RootElement;
            Assert.Equal(theirs.GetProperty("name").GetString(), info.Name);
            Assert.Equal(theirs.GetProperty("tag").GetString(), info.Tag);
            Assert.Equal(theirs.GetProperty("bytes_xlated").GetUInt32(), info.TranslatedSize);
            Assert.Equal(theirs.GetProperty("bytes_jited").GetUInt32(), info.JitedSize);
            Assert.Equal(theirs.GetProperty("bytes_memlock").GetInt64(), info.MemoryLocked);
            Assert.Equal(theirs.GetProperty("map_ids").EnumerateArray().Select(id => id.GetUInt32()), info.MapIds);
            Assert.Equal(theirs.GetProperty("btf_id").GetUInt32(), info.BtfId);
            Assert.InRange(info.LoadedAt.ToUnixTimeSeconds() - theirs.GetProperty("loaded_at").GetInt64(), -1, 1);
        }
        foreach (KernelMap map in collection.Maps.Values)
        {
            MapInfo info = map.GetInfo();
            using var json = JsonDocument.Parse(Shell.Run("bpftool", "-j", "map", "show", "id", $"{info.Id}"));
            JsonElement theirs = json.RootElement;
            Assert.Equal(theirs.GetProperty("name").GetString(), info.Name);
            Assert.Equal(theirs.GetProperty("bytes_key").GetUInt32(), info.KeySize);
            Assert.Equal(theirs.GetProperty("bytes_value").GetUInt32(), info.ValueSize);
            Assert.Equal(theirs.GetProperty("max_entries").GetUInt32(), info.MaxEntries);
            Assert.Equal(theirs.GetProperty("flags").GetUInt32(), (uint)info.Flags);
            Assert.Equal(theirs.GetProperty("bytes_memlock").GetInt64(), info.MemoryLocked);
            Assert.Equal(theirs.GetProperty("frozen").GetInt32() != 0, info.IsFrozen);
        }
    }
}
