namespace Headrace.Linux.Tests.Live;

/// <summary>A process without privileges is told which it lacks, whatever it tries; nothing crashes.</summary>
public class UnprivilegedTests
{
    private static readonly string[] s_allowed = ["devices", "classic filter", "detach"];

    [Fact]
    public void Every_refusal_names_the_missing_capability()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can become a user without privileges");
        Shell.Require("setpriv");
        using LoaderProcess process = LoaderProcess.Start(new LoaderProcess.Job("", UnprivilegedProbe.Program, "", "", ""),
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--no-new-privs");
        string[] lines = process.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        (int code, string errors) = process.WaitForEnd();
        Assert.SkipWhen(lines.Length == 0 && errors.Contains("ermission", StringComparison.Ordinal), "the tests lie in a folder that other users may not read");
        Assert.True(code == 0, errors);
        Assert.True(lines.Length > 12, string.Join('\n', lines));
        foreach (string line in lines)
        {
            string name = line[..line.IndexOf(':', StringComparison.Ordinal)];
            if (s_allowed.Contains(name))
                Assert.True(line.EndsWith(": done", StringComparison.Ordinal), line);
            else
                Assert.Matches("EPERM.*This process lacks CAP_(BPF and CAP_NET_ADMIN|SYS_ADMIN|NET_ADMIN|PERFMON): run it as root", line);
        }
    }
}
