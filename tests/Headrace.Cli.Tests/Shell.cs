namespace Headrace.Cli.Tests;

/// <summary>Runs a command line as the shell would, inside the test's process.</summary>
internal static class Shell
{
    public static (int Code, string Out, string Error) Run(params string[] arguments) => RunWithInput("", arguments);

    public static (int Code, string Out, string Error) RunWithInput(string input, params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = CommandLine.Run(arguments, new Terminal(new StringReader(input), output, error, IsInteractive: false));
        return (code, output.ToString(), error.ToString());
    }
}
