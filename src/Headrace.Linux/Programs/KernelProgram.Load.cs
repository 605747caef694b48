using System.Runtime.InteropServices;
using System.Text;
using Headrace.Bytecode;
using Headrace.Linux.Sys;
using Headrace.Objects;

namespace Headrace.Linux;

public sealed unsafe partial class KernelProgram
{
    private const int FirstLogSize = 1 << 16;
    private const int LargestLogSize = 1 << 26;

    /// <summary>Loads a program: the kernel verifies and compiles it.</summary>
    /// <param name="spec">The program, linked; its map references are indices into <paramref name="maps"/>.</param>
    /// <param name="maps">The collection's maps by index.</param>
    /// <param name="btf">The collection's types: needed by global functions, callbacks, and maps with locks or timers.</param>
    /// <param name="lines">Where the source lines' texts lie in <paramref name="btf"/>; null loads without line information.</param>
    /// <param name="logLevel">0 for a log only where the load fails, 1 for the verifier's log, 2 for every instruction's state.</param>
    /// <exception cref="KernelException">The kernel refused it; <see cref="KernelException.Log"/> is the verifier's log.</exception>
    /// <exception cref="UnsupportedFeatureException">It needs what cannot be given here.</exception>
    public static KernelProgram Load(ProgramSpec spec, IReadOnlyList<KernelMap> maps, KernelBtf? btf = null, BtfStrings? lines = null, int logLevel = 0)
    {
        using var references = new KernelReferences();
        return Load(new KernelCode(spec, null, references), spec, maps, btf, lines, logLevel, 0);
    }

    /// <summary>The same with what the program names of the kernel resolved, for a device where <paramref name="device"/> is not 0.</summary>
    internal static KernelProgram Load(KernelCode code, ProgramSpec spec, IReadOnlyList<KernelMap> maps, KernelBtf? btf, BtfStrings? lines, int logLevel, uint device)
    {
        Refuse(spec);
        byte[] instructions = Instruction.Encode(code.Instructions);
        byte[] license = [.. Encoding.UTF8.GetBytes(spec.License), 0];
        int[] descriptors = code.Descriptors(maps);
        FunctionInfo[] functions = btf is null ? [] : FunctionsOf(spec);
        LineInfo[] lineInfo = btf is null || lines is null ? [] : LinesOf(spec, lines);

        fixed (byte* instructionPointer = instructions, licensePointer = license)
        fixed (int* descriptorPointer = descriptors)
        fixed (FunctionInfo* functionPointer = functions)
        fixed (LineInfo* linePointer = lineInfo)
        {
            var attributes = new ProgramLoadAttr
            {
                ProgramType = (uint)spec.Type,
                InstructionCount = (uint)spec.Instructions.Length,
                Instructions = instructionPointer,
                License = licensePointer,
                Flags = (uint)spec.Flags,
                Name = ObjectName.From(spec.Name),
                ExpectedAttachType = (uint)spec.ExpectedAttachType,
                FdArray = descriptorPointer,
                Ifindex = device,
                AttachBtfId = (uint)KernelReferences.FindAttachTarget(spec),
            };
            if (btf is not null && functions.Length > 0)
            {
                attributes.BtfFd = btf.Descriptor.Value;
                attributes.FunctionInfo = functionPointer;
                attributes.FunctionInfoCount = (uint)functions.Length;
                attributes.FunctionInfoSize = (uint)sizeof(FunctionInfo);
                if (lineInfo.Length > 0)
                {
                    attributes.LineInfo = linePointer;
                    attributes.LineInfoCount = (uint)lineInfo.Length;
                    attributes.LineInfoSize = (uint)sizeof(LineInfo);
                }
            }
            KernelProgram program = Load(code, spec, ref attributes, logLevel);
            // The descriptors' numbers are in use until here: their owners must not be collected before.
            GC.KeepAlive(maps);
            GC.KeepAlive(btf);
            return program;
        }
    }

    private static KernelProgram Load(KernelCode code, ProgramSpec spec, ref ProgramLoadAttr attributes, int logLevel)
    {
        int result = 0;
        if (logLevel == 0)
        {
            result = Bpf.LoadProgram(ref attributes);
            if (result >= 0)
                return new KernelProgram(spec, new Descriptor(result), "");
        }
        (int withLog, string log) = LoadWithLog(ref attributes, Math.Max(logLevel, 1));
        if (withLog >= 0)
            return new KernelProgram(spec, new Descriptor(withLog), log);
        // Without the log the error is the kernel's own; with it, it may only be about the log.
        int error = result < 0 ? -result : -withLog;
        throw new KernelException("BPF_PROG_LOAD", $"program '{spec.Name}'", error, log, AdviceFor(code, attributes.Ifindex != 0, error, log), KernelLog.Rejection(log, spec));
    }

    private static (int Result, string Log) LoadWithLog(ref ProgramLoadAttr attributes, int level)
    {
        for (int size = FirstLogSize; ; size *= 4)
        {
            byte* log = (byte*)NativeMemory.Alloc((nuint)size);
            try
            {
                *log = 0;
                attributes.Log = log;
                attributes.LogSize = (uint)size;
                attributes.LogLevel = (uint)level;
                int result = Bpf.LoadProgram(ref attributes);
                if (result != -ErrorNumber.ENOSPC || size >= LargestLogSize)
                    return (result, Marshal.PtrToStringUTF8((nint)log) ?? "");
            }
            finally
            {
                NativeMemory.Free(log);
            }
        }
    }

    private static FunctionInfo[] FunctionsOf(ProgramSpec spec) =>
        spec.Functions.Any(function => function.TypeId == 0)
            ? []
            : [.. spec.Functions.Select(function => new FunctionInfo { Slot = (uint)function.Start, TypeId = (uint)function.TypeId })];

    // The kernel wants a line for the first instruction of every function and none out of order.
    private static LineInfo[] LinesOf(ProgramSpec spec, BtfStrings strings)
    {
        if (spec.Functions.Any(function => spec.LineAt(function.Start)?.Instruction != function.Start))
            return [];
        return
        [
            .. spec.Lines.Select(line => new LineInfo
            {
                Slot = (uint)line.Instruction,
                FileOffset = strings.OffsetOf(line.File),
                TextOffset = strings.OffsetOf(line.Text),
                LineAndColumn = ((uint)line.Line << 10) | ((uint)line.Column & 0x3ff),
            }),
        ];
    }

    private static string? AdviceFor(KernelCode code, bool forDevice, int error, string log)
    {
        if (code.MissingFunctions.Count > 0 && log.Contains($"#{KernelReferences.MissingFunction}", StringComparison.Ordinal))
            return $"This kernel has no function {string.Join(", ", code.MissingFunctions.Select(name => $"'{name}'"))}: guard the call by bpf_ksym_exists, or use a newer kernel.";
        if (forDevice && error is ErrorNumber.EINVAL or ErrorNumber.EOPNOTSUPP && log.Length == 0)
            return "The device's driver takes no programs (hardware), or no bound ones (add BPF_F_XDP_DEV_BOUND_ONLY to run it in the kernel with the device's metadata).";
        return null;
    }

    private static void Refuse(ProgramSpec spec)
    {
        if (spec.Type is ProgramType.Ext or ProgramType.StructOps)
        {
            throw new UnsupportedFeatureException($"program '{spec.Name}'", $"its target '{spec.AttachTarget}' in another program's types",
                $"programs of type {spec.Type} cannot be loaded yet");
        }
    }
}
