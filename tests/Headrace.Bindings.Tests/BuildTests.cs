using Headrace.Testing;

namespace Headrace.Bindings.Tests;

/// <summary>Whole builds of a small project with <c>BpfCompile</c>, as a user has it, outside of this repository.</summary>
public class BuildTests
{
    private const string Source = """
        struct rule { __u32 number; __u32 action; };
        struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __type(key, __u32); __type(value, struct rule); } rules SEC(".maps");
        __u64 packets;
        SEC("xdp") int judge(struct xdp_md *ctx)
        {
            __u32 key = ctx->ingress_ifindex;
            struct rule *rule = bpf_map_lookup_elem(&rules, &key);
            packets++;
            return rule ? rule->action : XDP_PASS;
        }
        """;

    private const string Consumer = """
        using Headrace.Bindings;
        using Face.UserSpace face = Face.LoadUserSpace();
        face.Maps.Rules[3] = new Face.Rule { Number = 1, Action = 2 };
        face.Variables.Packets = 40;
        System.Console.WriteLine($"answer {face.Variables.Packets + face.Maps.Rules[3].Action}");
        [BpfObject("made.bpf.o")]
        public partial class Face;
        """;

    private static readonly string s_configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!);

    private static readonly string s_dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    [Fact]
    public void A_project_builds_runs_and_breaks_where_c_changed()
    {
        using Workshop workshop = Make();
        (int code, string output) = Build(workshop);
        Assert.True(code == 0, output);
        Assert.Contains("answer 42", workshop.Run(s_dotnet, [Path.Combine(workshop.Folder, "bin", "consumer.dll")]).Output);
        Assert.True(File.Exists(Path.Combine(workshop.Folder, "made.bpf.o")));
        Assert.True(File.Exists(Path.Combine(workshop.Folder, "made.bpf.contract")));

        // Nothing has changed: the tool does not run again.
        string stamp = Path.Combine(workshop.Folder, "obj", "Debug", "net10.0", "bpf", "stamp");
        DateTime made = File.GetLastWriteTimeUtc(stamp);
        (code, output) = Build(workshop);
        Assert.True(code == 0, output);
        Assert.Equal(made, File.GetLastWriteTimeUtc(stamp));

        workshop.Write("made.bpf.c", Source.Replace("rules", "verdicts"));
        (code, output) = Build(workshop);
        Assert.NotEqual(0, code);
        Assert.Contains("error HR0102: 'made.bpf.o' has changed: map 'rules' is gone: 'verdicts' is new and the same otherwise, was it renamed?", output);
        Assert.Matches(@"Program\.cs\(3,\d+\): error CS1061: .*'Rules'", output);

        File.WriteAllText(Path.Combine(workshop.Folder, "Program.cs"), Consumer.Replace("Maps.Rules", "Maps.Verdicts"));
        (code, output) = Build(workshop, "-p:AcceptBpfChanges=true");
        Assert.True(code == 0, output);
        Assert.Contains("map verdicts", File.ReadAllText(Path.Combine(workshop.Folder, "made.bpf.contract")));
    }

    [Fact]
    public void Without_clang_the_committed_object_builds_and_runs()
    {
        using Workshop workshop = Make();
        Assert.True(workshop.Build(["made.bpf.c"]) == 0, workshop.Log);
        Directory.Delete(Path.Combine(workshop.Folder, "obj"), recursive: true);
        workshop.Write("made.bpf.c", Source.Replace("XDP_PASS", "XDP_DROP"));
        byte[] before = File.ReadAllBytes(Path.Combine(workshop.Folder, "made.bpf.o"));
        string path = Path.Combine(workshop.Folder, "tools");
        Directory.CreateDirectory(path);
        // MSBuild starts commands through it.
        File.CreateSymbolicLink(Path.Combine(path, "sh"), "/bin/sh");
        (int code, string output) = Build(workshop, "-p:TreatWarningsAsErrors=true", path);
        Assert.True(code == 0, output);
        Assert.Contains("'clang' is not there: made.bpf.o is used as it is, although it is older than its source", output);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(workshop.Folder, "made.bpf.o")));
        Assert.Contains("answer 42", workshop.Run(s_dotnet, [Path.Combine(workshop.Folder, "bin", "consumer.dll")]).Output);

        File.Delete(Path.Combine(workshop.Folder, "made.bpf.o"));
        (code, output) = Build(workshop, path: path);
        Assert.NotEqual(0, code);
        Assert.Matches(@"made\.bpf\.c : error HR0202: 'clang' is not there, and neither is .*made\.bpf\.o", output);
    }

    [Fact]
    public void An_error_of_c_is_an_error_of_the_build()
    {
        using Workshop workshop = Make();
        workshop.Write("made.bpf.c", Source.Replace("packets++", "nonsense++"));
        (int code, string output) = Build(workshop);
        Assert.NotEqual(0, code);
        Assert.Matches(@"made\.bpf\.c\(10,\d+\): error : use of undeclared identifier 'nonsense'", output);
    }

    [Fact]
    public void An_editor_gets_the_descriptions_without_compiling()
    {
        using Workshop workshop = Make();
        Assert.True(workshop.Build(["made.bpf.c"]) == 0, workshop.Log);
        Directory.Delete(Path.Combine(workshop.Folder, "obj"), recursive: true);
        workshop.Write("made.bpf.c", "this is not C yet");
        (int code, string output) = workshop.Run(s_dotnet, ["msbuild", "-restore", "-nologo", "-nodeReuse:false", "-t:Compile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true",
            "-p:ProvideCommandLineArgs=true", "-p:BuildProjectReferences=false", "-getItem:CscCommandLineArgs"]);
        Assert.True(code == 0, output);
        Assert.Matches(@"/additionalfile:.*made\.bpf\.o\..*\.bpfobject", output);
        string description = Assert.Single(Directory.GetFiles(Path.Combine(workshop.Folder, "obj"), "*.bpfobject", SearchOption.AllDirectories));
        Assert.Contains("map rules Hash", File.ReadAllText(description));
        Assert.Empty(Directory.GetFiles(Path.Combine(workshop.Folder, "obj"), "stamp", SearchOption.AllDirectories));
    }

    private static Workshop Make()
    {
        Workshop.RequireClang();
        var workshop = new Workshop();
        string outputs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));
        string build = Path.Combine(Repository.Root, "src", "Headrace.Bindings", "build");
        string references = string.Concat(((string[])["Bytecode", "Objects", "Engine", "Linux", "Bindings"])
            .Select(name => $"<Reference Include=\"{Path.Combine(AppContext.BaseDirectory, $"Headrace.{name}.dll")}\" />"));
        File.WriteAllText(Path.Combine(workshop.Folder, "consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Import Project="{build}/Headrace.Bindings.props" />
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <OutputPath>bin/</OutputPath>
                <AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath>
                <Nullable>enable</Nullable>
                <UseAppHost>false</UseAppHost>
                <HeadraceBindingsTool>{outputs}/Headrace.Bindings.Tool/{s_configuration}/net10.0/headrace-bindings.dll</HeadraceBindingsTool>
              </PropertyGroup>
              <ItemGroup>
                <BpfCompile Include="*.bpf.c" />
                {references}
                <Analyzer Include="{outputs}/Headrace.Bindings.Generator/{s_configuration}/netstandard2.0/Headrace.Bindings.Generator.dll" />
              </ItemGroup>
              <Import Project="{build}/Headrace.Bindings.targets" />
            </Project>
            """);
        File.WriteAllText(Path.Combine(workshop.Folder, "Program.cs"), Consumer);
        workshop.Write("made.bpf.c", Source);
        return workshop;
    }

    private static (int Code, string Output) Build(Workshop workshop, string option = "-p:Nothing=true", string? path = null)
    {
        (string, string?)[] environment = path is null ? [] : [("PATH", path)];
        return workshop.Run(s_dotnet, ["build", "-nologo", "-v", "minimal", "-nodeReuse:false", "-p:UseSharedCompilation=false", option], environment);
    }
}
