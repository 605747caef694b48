using Headrace.Cli;

return CommandLine.Run(args, new Terminal(Console.In, Console.Out, Console.Error, !Console.IsOutputRedirected));
