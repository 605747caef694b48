using System.Globalization;
using Headrace.Bytecode;
using Headrace.Linux.Sys;
using Headrace.Objects;

namespace Headrace.Linux;

/// <content>Programs that are loaded already, by number and by path, and what the kernel tells of them.</content>
public sealed unsafe partial class KernelProgram
{
    /// <summary>The kernel's number of this program.</summary>
    public uint Id => _id != 0 ? _id : _id = ReadRecord().Id;

    /// <summary>The numbers of all loaded programs, ascending; what comes or goes meanwhile may be missed.</summary>
    /// <exception cref="KernelException">The kernel refused (<c>CAP_SYS_ADMIN</c> is needed).</exception>
    public static IEnumerable<uint> Ids() => Bpf.Ids(BpfCommand.ProgramGetNextId, "BPF_PROG_GET_NEXT_ID");

    /// <summary>Opens every loaded program, one after the other; each is disposed of when the next is asked for.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static IEnumerable<KernelProgram> All()
    {
        foreach (uint id in Ids())
        {
            using KernelProgram? program = TryOpen(id);
            if (program is not null)
                yield return program;
        }
    }

    /// <summary>Opens a loaded program by its number.</summary>
    /// <exception cref="KernelException">There is none (<c>ENOENT</c>), or the kernel refused.</exception>
    public static KernelProgram Open(uint id) =>
        TryOpen(id) ?? throw new KernelException("BPF_PROG_GET_FD_BY_ID", SubjectOf(id), ErrorNumber.ENOENT);

    /// <summary>Opens a loaded program by its number; null when there is none.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static KernelProgram? TryOpen(uint id) =>
        Bpf.TryOpenById(BpfCommand.ProgramGetFdById, "BPF_PROG_GET_FD_BY_ID", id, SubjectOf(id)) is { } descriptor
            ? FromDescriptor(descriptor, SubjectOf(id))
            : null;

    /// <summary>Opens a pinned program.</summary>
    /// <exception cref="KernelException">There is nothing at that path, or the kernel refused.</exception>
    /// <exception cref="HeadraceException">Something else is pinned there.</exception>
    public static KernelProgram OpenPinned(string path) => FromDescriptor(BpfFileSystem.Open(path, PinKind.Program), path);

    /// <summary>Gives the program a path in a bpf file system, which keeps it loaded without this process.</summary>
    /// <exception cref="KernelException">The kernel refused: the path exists, or is in no bpf file system.</exception>
    public void Pin(string path) => Bpf.Pin(_descriptor, path, Subject);

    /// <summary>Asks the kernel about this program.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public ProgramInfo GetInfo() => new ProgramInfoReader(_descriptor, Subject).Read();

    /// <summary>The instructions as the kernel rewrote them, 8 bytes a slot; empty where the caller may not see them.</summary>
    /// <remarks>
    /// Map references hold map ids, calls of helpers distances in the kernel's code (<see cref="KernelSymbolTable"/> names them);
    /// some opcodes are the kernel's own. <c>Instruction.Decode</c> reads them.
    /// </remarks>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public byte[] DumpTranslated()
    {
        byte[] code = new byte[ReadRecord().TranslatedLength];
        fixed (byte* pointer = code)
        {
            var raw = new RawProgramInfo { Translated = pointer, TranslatedLength = (uint)code.Length };
            Bpf.GetInfo(_descriptor, ref raw, Subject);
            return raw.Translated is null ? [] : code[..(int)Math.Min(raw.TranslatedLength, (uint)code.Length)];
        }
    }

    /// <summary>The machine code, a function each; empty where the program is interpreted or the caller may not see it.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public IReadOnlyList<MachineFunction> DumpMachineCode()
    {
        ProgramInfo info = GetInfo();
        byte[] code = new byte[info.JitedSize];
        fixed (byte* pointer = code)
        {
            var raw = new RawProgramInfo { Jited = pointer, JitedLength = (uint)code.Length };
            Bpf.GetInfo(_descriptor, ref raw, Subject);
            if (raw.Jited is null || code.Length == 0)
                return [];
        }
        Btf? types = info.Functions.Count == 0 ? null : KernelBtf.TryGetTypes(info.BtfId);
        List<MachineFunction> functions = [];
        int start = 0;
        for (int i = 0; i < info.JitedLengths.Count; i++)
        {
            int length = (int)info.JitedLengths[i];
            if (start + length > code.Length)
                break;
            string name = types is not null && i < info.Functions.Count ? types[info.Functions[i].TypeId].Name
                : i < info.FunctionTags.Count ? "bpf_prog_" + info.FunctionTags[i] : info.Name;
            functions.Add(new MachineFunction(i < info.JitedAddresses.Count ? info.JitedAddresses[i] : 0, code[start..(start + length)], name));
            start += length;
        }
        return functions.Count > 0 ? functions : [new MachineFunction(0, code, info.Name)];
    }

    internal static KernelProgram FromDescriptor(Descriptor descriptor, string subject)
    {
        try
        {
            ProgramInfo info = new ProgramInfoReader(descriptor, subject).Read();
            var spec = new ProgramSpec
            {
                Name = info.Name,
                Type = info.Type,
                License = info.IsGplCompatible ? "GPL" : "",
                Instructions = [],
            };
            return new KernelProgram(spec, descriptor, "") { _id = info.Id };
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static string SubjectOf(uint id) => string.Create(CultureInfo.InvariantCulture, $"program {id}");

    private RawProgramInfo ReadRecord()
    {
        var raw = new RawProgramInfo();
        Bpf.GetInfo(_descriptor, ref raw, Subject);
        return raw;
    }
}
