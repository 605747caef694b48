using Headrace.Cli;

return CommandLine.Run(args, new Terminal(Console.Out, Console.Error, !Console.IsOutputRedirected));
