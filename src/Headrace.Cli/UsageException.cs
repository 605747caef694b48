using Headrace.Bytecode;

namespace Headrace.Cli;

/// <summary>The command line asks for something that does not exist or does not go together: exit code 2.</summary>
/// <param name="message">What, and what would be right.</param>
internal sealed class UsageException(string message) : HeadraceException(message);
