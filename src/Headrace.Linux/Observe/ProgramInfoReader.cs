using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Asks for a program's record twice: for the lengths of its lists, then for the lists.</summary>
internal sealed unsafe class ProgramInfoReader(Descriptor descriptor, string subject)
{
    private const int ShortName = 15; // BPF_OBJ_NAME_LEN without its zero

    public ProgramInfo Read()
    {
        var raw = new RawProgramInfo();
        Bpf.GetInfo(descriptor, ref raw, subject);
        // Bounds: a kernel that answers more than these has gone mad, and lists may have grown until the second call.
        uint[] maps = new uint[raw.MapIdCount];
        ulong[] addresses = new ulong[raw.JitedSymbolCount];
        uint[] lengths = new uint[raw.JitedLengthCount];
        var functions = new FunctionInfo[raw.FunctionRecordSize == sizeof(FunctionInfo) ? raw.FunctionCount : 0];
        var lines = new LineInfo[raw.LineRecordSize == sizeof(LineInfo) ? raw.LineCount : 0];
        ulong[] jitedLines = new ulong[raw.JitedLineRecordSize == sizeof(ulong) ? raw.JitedLineCount : 0];
        ulong[] tags = new ulong[raw.TagCount];
        RawProgramInfo full;
        fixed (uint* mapPointer = maps, lengthPointer = lengths)
        fixed (ulong* addressPointer = addresses, jitedLinePointer = jitedLines, tagPointer = tags)
        fixed (FunctionInfo* functionPointer = functions)
        fixed (LineInfo* linePointer = lines)
        {
            full = new RawProgramInfo
            {
                MapIds = mapPointer,
                MapIdCount = (uint)maps.Length,
                JitedSymbols = addressPointer,
                JitedSymbolCount = (uint)addresses.Length,
                JitedLengths = lengthPointer,
                JitedLengthCount = (uint)lengths.Length,
                Functions = functionPointer,
                FunctionCount = (uint)functions.Length,
                FunctionRecordSize = (uint)sizeof(FunctionInfo),
                Lines = linePointer,
                LineCount = (uint)lines.Length,
                LineRecordSize = (uint)sizeof(LineInfo),
                JitedLines = jitedLinePointer,
                JitedLineCount = (uint)jitedLines.Length,
                JitedLineRecordSize = sizeof(ulong),
                Tags = tagPointer,
                TagCount = (uint)tags.Length,
            };
            Bpf.GetInfo(descriptor, ref full, subject);
        }
        IReadOnlyList<ProgramFunction> functionList = [.. First(functions, full.FunctionCount).Select(one => new ProgramFunction((int)one.Slot, (int)one.TypeId))];
        return new ProgramInfo
        {
            Id = full.Id,
            Type = (ProgramType)full.Type,
            Name = FullName(full, functionList),
            Tag = TagText(full.Tag),
            TranslatedSize = full.TranslatedLength,
            JitedSize = full.JitedLength,
            LoadTime = full.LoadTime,
            LoadedAt = BootClock.ToWallClock(full.LoadTime),
            CreatedByUid = full.CreatedByUid,
            MapIds = [.. First(maps, full.MapIdCount)],
            InterfaceIndex = full.Ifindex,
            NetnsDevice = full.NetnsDevice,
            NetnsInode = full.NetnsInode,
            IsGplCompatible = (full.Bits & 1) != 0,
            BtfId = full.BtfId,
            Functions = functionList,
            Lines = [.. First(lines, full.LineCount).Select(one =>
                new ProgramLine((int)one.Slot, one.FileOffset, one.TextOffset, (int)(one.LineAndColumn >> 10), (int)(one.LineAndColumn & 0x3ff)))],
            JitedLines = [.. First(jitedLines, full.JitedLines is null ? 0 : full.JitedLineCount)],
            JitedAddresses = [.. First(addresses, full.JitedSymbols is null ? 0 : full.JitedSymbolCount)],
            JitedLengths = [.. First(lengths, full.JitedLengths is null ? 0 : full.JitedLengthCount)],
            FunctionTags = [.. First(tags, full.TagCount).Select(TagText)],
            RunTime = full.RunTime,
            RunCount = full.RunCount,
            RecursionMisses = full.RecursionMisses,
            VerifiedInstructions = full.VerifiedInstructions,
            AttachBtfObjectId = full.AttachBtfObjectId,
            AttachBtfId = full.AttachBtfId,
            MemoryLocked = new DescriptorFacts(descriptor).Number("memlock") ?? 0,
        };
    }

    // The kernel keeps 15 characters; the type of the first function has them all.
    private static string FullName(in RawProgramInfo raw, IReadOnlyList<ProgramFunction> functions)
    {
        string name = raw.Name.ToString();
        if (name.Length < ShortName || raw.BtfId == 0 || functions.Count == 0)
            return name;
        return KernelBtf.TryGetTypes(raw.BtfId) is { } types && types[functions[0].TypeId].Name is var full && full.StartsWith(name, StringComparison.Ordinal)
            ? full
            : name;
    }

    private static string TagText(ulong tag) => Convert.ToHexStringLower(BitConverter.GetBytes(tag));

    private static ArraySegment<T> First<T>(T[] all, uint count) => new(all, 0, (int)Math.Min(count, (uint)all.Length));
}
