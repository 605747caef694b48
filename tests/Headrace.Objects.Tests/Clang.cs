using System.Security.Cryptography;
using System.Text;

namespace Headrace.Objects.Tests;

/// <summary>Compiles C to eBPF objects; skips the test where there is no clang.</summary>
internal static class Clang
{
    private static readonly string s_folder = Directory.CreateTempSubdirectory("headrace-objects-").FullName;

    static Clang() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(s_folder, recursive: true);

    /// <summary>Path of the object for a C source; the headers of libbpf are included already.</summary>
    public static string Compile(string source, string name = "object", string options = "-O2 -g -mcpu=v3")
    {
        Assert.SkipUnless(Tools.Exist("clang") && File.Exists("/usr/include/bpf/bpf_helpers.h"), "clang and libbpf-dev are not installed");
        string text = $"""
            #include <linux/types.h>
            #include <stdbool.h>
            #include <linux/bpf.h>
            #include <bpf/bpf_helpers.h>
            #include <bpf/bpf_core_read.h>
            {source}
            char _license[] SEC("license") = "GPL";

            """;
        string id = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(options + text)))[..16];
        string folder = Path.Combine(s_folder, id);
        string output = Path.Combine(folder, name + ".bpf.o");
        lock (s_folder)
        {
            if (File.Exists(output))
                return output;
            Directory.CreateDirectory(folder);
            string input = Path.Combine(folder, name + ".bpf.c");
            File.WriteAllText(input, text);
            Tools.Run("clang", $"-target bpf {options} -I/usr/include/x86_64-linux-gnu -Wall -Wno-unused-function -c {input} -o {output}");
        }
        return output;
    }
}
