using System.Globalization;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Objects;
using Iced.Intel;

namespace Headrace.Linux;

/// <summary>The machine code the kernel made of one function, disassembled.</summary>
/// <param name="Function">The code.</param>
/// <param name="Symbol">The name the kernel gives it: <c>bpf_prog_c9bed7d9860ecdf6_firewall</c>.</param>
/// <param name="TypeId">The function's type in the program's types; 0 without.</param>
/// <param name="Instructions">The instructions in order.</param>
public sealed record MachineListing(MachineFunction Function, string Symbol, int TypeId, IReadOnlyList<MachineInstruction> Instructions)
{
    /// <summary>Disassembles a program's machine code, a listing a function.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    /// <exception cref="UnsupportedFeatureException">The program is interpreted, this process may not see the code, or it is for a processor that is not known here.</exception>
    public static IReadOnlyList<MachineListing> Of(KernelProgram program)
    {
        ProgramInfo info = program.GetInfo();
        IReadOnlyList<MachineFunction> functions = program.DumpMachineCode();
        if (functions.Count == 0)
        {
            throw new UnsupportedFeatureException($"program {info.Id}", "machine code to show",
                "the program is interpreted, or the kernel hides it: run as root (CAP_BPF and CAP_PERFMON), with kernel.kptr_restrict below 2");
        }
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw new UnsupportedFeatureException($"program {info.Id}", "x86-64",
                $"machine code of {RuntimeInformation.ProcessArchitecture} cannot be disassembled: write it to a file instead");
        }
        Btf? types = KernelBtf.TryGetTypes(info.BtfId);
        var lines = new Dictionary<ulong, SourceLine?>();
        for (int i = 0; i < Math.Min(info.JitedLines.Count, info.Lines.Count); i++)
            lines.TryAdd(info.JitedLines[i], TranslatedListing.SourceOf(info.Lines[i], types));
        return
        [
            .. functions.Select((function, index) => new MachineListing(
                function,
                $"bpf_prog_{(index < info.FunctionTags.Count ? info.FunctionTags[index] : info.Tag)}_{function.Name}",
                index < info.Functions.Count ? info.Functions[index].TypeId : 0,
                Disassemble(function, lines))),
        ];
    }

    private static List<MachineInstruction> Disassemble(MachineFunction function, Dictionary<ulong, SourceLine?> lines)
    {
        var formatter = new GasFormatter();
        formatter.Options.SignedImmediateOperands = false;
        formatter.Options.BranchLeadingZeros = false;
        formatter.Options.SmallHexNumbersInDecimal = false;
        formatter.Options.AlwaysShowScale = true;
        var output = new StringOutput();
        var decoder = Decoder.Create(64, function.Code, function.Address);
        List<MachineInstruction> instructions = [];
        // Jumps inside a function are written by offset, as objdump writes them for code that starts at 0.
        while (decoder.IP - function.Address < (ulong)function.Code.Length)
        {
            decoder.Decode(out Iced.Intel.Instruction instruction);
            int offset = (int)(instruction.IP - function.Address);
            formatter.FormatMnemonic(instruction, output);
            string operation = output.ToStringAndReset().TrimEnd();
            List<string> operands = [];
            for (int i = 0; i < formatter.GetOperandCount(instruction); i++)
            {
                formatter.FormatOperand(instruction, output, i);
                operands.Add(output.ToStringAndReset());
            }
            if (instruction.IsJmpShortOrNear || instruction.IsJccShortOrNear)
            {
                ulong target = instruction.NearBranchTarget - function.Address;
                if (target < (ulong)function.Code.Length)
                    operands = [string.Create(CultureInfo.InvariantCulture, $"0x{target:x}")];
            }
            instructions.Add(new MachineInstruction(offset, function.Code[offset..(offset + instruction.Length)], operation, operands, lines.GetValueOrDefault(instruction.IP)));
        }
        return instructions;
    }
}
