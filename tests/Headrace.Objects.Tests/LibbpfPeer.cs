namespace Headrace.Objects.Tests;

/// <summary>libbpf's own reading of an object, by a small C program compiled here: what it relocated, before the kernel sees it.</summary>
internal static class LibbpfPeer
{
    private const string Source = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        #include <bpf/libbpf.h>
        #include <bpf/btf.h>
        static int quiet(enum libbpf_print_level level, const char *format, va_list arguments) { return level == LIBBPF_WARN ? vfprintf(stderr, format, arguments) : 0; }
        int main(int count, char **arguments)
        {
            LIBBPF_OPTS(bpf_object_open_opts, options);
            if (count > 2)
                options.btf_custom_path = arguments[2];
            libbpf_set_print(quiet);
            if (count > 2 && !strcmp(arguments[1], "--btf")) {
                struct btf *types = btf__parse_raw(arguments[2]);
                return !types || btf__load_into_kernel(types) < 0;
            }
            struct bpf_object *object = bpf_object__open_file(arguments[1], &options);
            if (!object)
                return 1;
            struct bpf_map *map;
            struct bpf_program *program;
            bpf_object__for_each_map(map, object)
                bpf_map__set_pin_path(map, NULL);
            bpf_object__for_each_program(program, object)
                bpf_program__set_autoload(program, true);
            int error = bpf_object__load(object);
            printf("load %d\n", error);
            bpf_object__for_each_map(map, object)
                printf("map %s %d %u %u %u %u\n", bpf_map__name(map), bpf_map__type(map), bpf_map__key_size(map), bpf_map__value_size(map),
                       bpf_map__max_entries(map), bpf_map__map_flags(map));
            bpf_object__for_each_program(program, object) {
                const unsigned char *bytes = (const unsigned char *)bpf_program__insns(program);
                printf("program %s %d %d %u ", bpf_program__name(program), bpf_program__type(program), bpf_program__expected_attach_type(program), bpf_program__flags(program));
                for (size_t i = 0; bytes && i < bpf_program__insn_cnt(program) * 8; i++)
                    printf("%02x", bytes[i]);
                printf("\n");
            }
            return 0;
        }
        """;

    private static readonly Lazy<string> s_program = new(Build);

    /// <summary>Opens, relocates and tries to load an object.</summary>
    /// <param name="path">The object.</param>
    /// <param name="types">The BTF to relocate against; null for the running kernel's.</param>
    public static LibbpfView Read(string path, string? types = null)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "libbpf creates the maps before it relocates: this needs root");
        Assert.SkipUnless((Tools.Exist("cc") || Tools.Exist("clang")) && File.Exists("/usr/include/bpf/libbpf.h"), "no C compiler or libbpf-dev is installed");
        return LibbpfView.Parse(Tools.Run(s_program.Value, types is null ? path : $"{path} {types}"));
    }

    /// <summary>Gives a BTF blob to the kernel as it is; says why it was refused.</summary>
    public static void LoadTypes(string path)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "loading BTF into the kernel needs root");
        Tools.Run(s_program.Value, $"--btf {path}");
    }

    private static string Build()
    {
        string folder = Directory.CreateTempSubdirectory("headrace-libbpf-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string source = Path.Combine(folder, "peer.c");
        File.WriteAllText(source, Source);
        string program = Path.Combine(folder, "peer");
        Tools.Run(Tools.Exist("cc") ? "cc" : "clang", $"-O1 -o {program} {source} -lbpf");
        return program;
    }
}
