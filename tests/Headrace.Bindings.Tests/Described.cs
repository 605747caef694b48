using Headrace.Bindings.Shapes;
using Headrace.Bindings.Tool;

namespace Headrace.Bindings.Tests;

/// <summary>Descriptions as the tool writes them, without a build.</summary>
internal static class Described
{
    /// <summary>The description of an object file, named by its file name.</summary>
    public static string File(string path)
    {
        ObjectShape shape = BindingsBuild.Read(path);
        shape.Path = path;
        shape.Resource = Path.GetFileName(path);
        return ShapeText.WriteObject(shape);
    }

    /// <summary>A description of <c>made.bpf.o</c> from its lines.</summary>
    public static string Lines(string lines) => $"headrace-object 1\npath /project/made.bpf.o\nresource made.bpf.o\n{lines.ReplaceLineEndings("\n")}\n";
}
