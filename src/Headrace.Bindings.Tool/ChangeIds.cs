namespace Headrace.Bindings.Tool;

/// <summary>The ids under which the generator reports that an object differs from its contract.</summary>
internal static class ChangeIds
{
    public const string Program = "HR0101";
    public const string Map = "HR0102";
    public const string Struct = "HR0103";
    public const string Enum = "HR0104";
    public const string Variable = "HR0105";
}
