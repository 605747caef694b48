using Headrace.Engine;
using Headrace.Ports;

namespace Headrace.Cli.Forward;

/// <summary>What a command line asks to forward.</summary>
/// <param name="Ports">The ports as written.</param>
/// <param name="Object">The object file.</param>
/// <param name="ProgramName">The program in it; null for the only one.</param>
/// <param name="Engine">What runs it.</param>
/// <param name="Maps">Map files, NAME=FILE.</param>
/// <param name="Variables">Global variables, NAME=VALUE.</param>
/// <param name="Flows">Filter expressions, or one object file.</param>
/// <param name="Forwarding">How to forward.</param>
internal sealed record ForwardSettings(IReadOnlyList<string> Ports, string Object, string? ProgramName, EngineKind Engine,
    IReadOnlyList<string> Maps, IReadOnlyList<string> Variables, IReadOnlyList<string> Flows, ForwarderOptions Forwarding);
