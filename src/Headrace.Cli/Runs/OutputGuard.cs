namespace Headrace.Cli.Runs;

/// <summary>Keeps a run from writing over what it reads: outputs are made before the packets are read, so the input would be lost.</summary>
internal static class OutputGuard
{
    /// <summary>Refuses an output that is one of the inputs, also by another spelling of the path or through a symbolic link to the file.</summary>
    /// <param name="option">The option that names the output.</param>
    /// <param name="output">The file to write; null when none is.</param>
    /// <param name="inputs">The files that are read.</param>
    /// <exception cref="UsageException">The output is an input.</exception>
    public static void RequireApart(string option, string? output, params IEnumerable<string> inputs)
    {
        if (output is null)
            return;
        string target = Target(output);
        if (inputs.Any(input => Target(input) == target))
            throw new UsageException($"{option} {output}: this file is read by the same run: writing would destroy it");
    }

    private static string Target(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
    }
}
