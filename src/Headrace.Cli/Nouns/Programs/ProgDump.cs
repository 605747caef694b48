using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Programs;

/// <summary><c>prog dump</c>: the instructions as the kernel rewrote them, or the machine code it made of them.</summary>
internal sealed class ProgDump() : KernelAction("dump")
{
    public override IReadOnlyList<string> Forms =>
    [
        "dump xlated PROG [file PATH] [opcodes] [linum]",
        "dump jited PROG [file PATH] [opcodes] [linum]",
    ];

    public override int Run(Keywords words, Answer answer)
    {
        string form = words.AcceptAny("xlated", "jited") ?? throw new UsageException("dump what? xlated (eBPF as the kernel rewrote it) or jited (machine code)");
        IReadOnlyList<KernelProgram> programs = ProgramChoices.Read(words);
        string? file = null;
        bool opcodes = false, lineNumbers = false;
        while (!words.IsEmpty)
        {
            switch (words.AcceptAny("file", "opcodes", "linum", "visual"))
            {
                case "file":
                    file = words.Next("the file to write");
                    break;
                case "opcodes":
                    opcodes = true;
                    break;
                case "linum":
                    lineNumbers = true;
                    break;
                case "visual":
                    throw new UsageException("visual: the graph of an object is drawn by 'headrace graph OBJECT --format dot'");
                default:
                    words.End();
                    break;
            }
        }
        bool jited = form == "jited";
        if (file is not null)
            return WriteFile(programs, jited, file, answer);
        List<(ProgramInfo Info, IReadOnlyList<DumpedFunction> Functions)> dumps = [];
        foreach (KernelProgram program in programs)
        {
            using (program)
                dumps.Add((program.GetInfo(), jited ? DumpedFunction.OfMachineCode(program) : DumpedFunction.OfTranslated(program)));
        }
        if (!answer.Json)
        {
            foreach ((ProgramInfo info, IReadOnlyList<DumpedFunction> functions) in dumps)
                WriteText(info, functions, opcodes, lineNumbers, dumps.Count > 1, answer.Out);
            return ExitCode.Done;
        }
        answer.WriteJson(json =>
        {
            if (dumps.Count == 1)
            {
                WriteJson(json, dumps[0].Functions, jited, opcodes, lineNumbers);
                return;
            }
            json.WriteStartArray();
            foreach ((ProgramInfo info, IReadOnlyList<DumpedFunction> functions) in dumps)
            {
                json.WriteStartObject();
                json.WriteNumber("id", info.Id);
                json.WriteString("type", KernelWords.Of(info.Type));
                json.WriteString("name", info.Name);
                json.WriteString("tag", info.Tag);
                json.WritePropertyName("insns");
                WriteJson(json, functions, jited, opcodes, lineNumbers);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
        return ExitCode.Done;
    }

    private static int WriteFile(IReadOnlyList<KernelProgram> programs, bool jited, string file, Answer answer)
    {
        if (programs.Count != 1)
            throw new HeadraceException($"file: there are {programs.Count} such programs, one can be written: say which by 'id N'");
        using KernelProgram program = programs[0];
        byte[] code = jited ? [.. program.DumpMachineCode().SelectMany(function => function.Code)] : TranslatedListing.Of(program).Code;
        if (code.Length == 0)
            throw new HeadraceException($"program {program.Id} has no machine code that this process may see");
        File.WriteAllBytes(file, code);
        answer.Done();
        return ExitCode.Done;
    }

    private static void WriteText(ProgramInfo info, IReadOnlyList<DumpedFunction> functions, bool opcodes, bool lineNumbers, bool several, TextWriter output)
    {
        if (several)
            output.WriteLine($"{info.Id}: {KernelWords.Of(info.Type)}  {(info.Name.Length > 0 ? $"name {info.Name}  " : "")}tag {info.Tag}{(info.IsGplCompatible ? "  gpl" : "")}");
        foreach (DumpedFunction function in functions)
        {
            if (function.Prototype is not null)
                output.WriteLine($"{function.Prototype}:");
            if (function.Symbol is not null)
                output.WriteLine($"{function.Symbol}:");
            foreach (DumpedInstruction instruction in function.Instructions)
            {
                if (instruction.Line is { } line)
                    output.WriteLine(lineNumbers ? $"; {line.Text} [file:{line.File} line_num:{line.Line} line_col:{line.Column}]" : $"; {line.Text}");
                output.WriteLine(instruction.Text(function.Symbol is not null));
                if (opcodes)
                    output.WriteLine($"       {KernelText.Spaced(instruction.Bytes)}");
            }
            if (function.Symbol is not null)
                output.WriteLine();
        }
    }

    // Rewritten instructions are one list, whose functions begin where a prototype stands; machine code is a list of functions.
    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<DumpedFunction> functions, bool jited, bool opcodes, bool lineNumbers)
    {
        json.WriteStartArray();
        foreach (DumpedFunction function in functions)
        {
            if (jited)
            {
                json.WriteStartObject();
                if (function.Prototype is not null)
                    json.WriteString("proto", function.Prototype);
                json.WriteString("name", function.Symbol);
                json.WriteStartArray("insns");
            }
            bool first = true;
            foreach (DumpedInstruction instruction in function.Instructions)
            {
                json.WriteStartObject();
                if (first && !jited && function.Prototype is not null)
                    json.WriteString("proto", function.Prototype);
                first = false;
                WriteLine(json, instruction.Line, lineNumbers);
                instruction.WriteJson(json, opcodes);
                json.WriteEndObject();
            }
            if (jited)
            {
                json.WriteEndArray();
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
    }

    private static void WriteLine(Utf8JsonWriter json, SourceLine? line, bool lineNumbers)
    {
        if (line is null)
            return;
        json.WriteString("src", line.Text);
        if (!lineNumbers)
            return;
        json.WriteString("file", line.File);
        if (line.Line != 0)
            json.WriteNumber("line_num", line.Line);
        if (line.Column != 0)
            json.WriteNumber("line_col", line.Column);
    }
}
