using System.Globalization;
using Headrace.Engine;

namespace Headrace.Linux.Tests.Soundness;

/// <summary>A run did what was proved not to happen.</summary>
internal sealed class FactViolation(LoadedProgram program, int slot, string what)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"{program.Name}, instruction {slot}: {program.TextAt(slot)}: {what}"));
