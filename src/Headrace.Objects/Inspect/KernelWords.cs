using System.Text;
using Headrace.Bytecode;

namespace Headrace.Objects;

/// <summary>Names of types as bpftool prints them.</summary>
internal static class KernelWords
{
    private static readonly (string Ours, string Kernel)[] s_mapWords =
    [
        ("program_array", "prog_array"), ("per_cpu", "percpu"), ("dev_map", "devmap"), ("cpu_map", "cpumap"), ("xsk_map", "xskmap"),
        ("sock_map", "sockmap"), ("sock_hash", "sockhash"), ("ring_buffer", "ringbuf"),
    ];

    public static string Of(ProgramType type) => Snake(type.ToString());

    public static string Of(AttachType type) => Snake(type.ToString());

    public static string Of(MapType type)
    {
        string name = Snake(type.ToString());
        foreach ((string ours, string kernel) in s_mapWords)
            name = name.Replace(ours, kernel, StringComparison.Ordinal);
        return name;
    }

    /// <summary><c>SocketFilter</c> to <c>socket_filter</c>.</summary>
    public static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (char letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }
}
