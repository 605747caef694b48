using System.Globalization;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>The instruction at which the kernel's verifier refused a program.</summary>
/// <param name="Instruction">Its slot.</param>
/// <param name="Line">The source line it came from; null where the object does not tell.</param>
public sealed record KernelRejection(int Instruction, SourceLine? Line)
{
    /// <summary>In words: <c>instruction 37 (firewall.bpf.c:52: `if (ip-&gt;protocol == 17)`)</c>.</summary>
    public override string ToString() => Line is null
        ? string.Create(CultureInfo.InvariantCulture, $"instruction {Instruction}")
        : string.Create(CultureInfo.InvariantCulture, $"instruction {Instruction} ({Line.File}:{Line.Line}: `{Line.Text.Trim()}`)");
}
