using Microsoft.CodeAnalysis;

namespace Headrace.Bindings;

/// <summary>What the generator reports; docs/bindings.md tells people what to do about each.</summary>
internal static class Diagnostics
{
    private const string Category = "Headrace.Bindings";

    public static readonly DiagnosticDescriptor NoObject = Error("HR0001", "The object is not part of the project",
        "the project has no object '{0}'{1}: put the file into the project's folder, or name it by <BpfObject Include=\"...\" /> or its source by <BpfCompile Include=\"...\" />");

    public static readonly DiagnosticDescriptor BadObject = Error("HR0002", "The object cannot be read", "{0}");

    public static readonly DiagnosticDescriptor SeveralObjects = Error("HR0003", "Several objects have this name",
        "'{0}' may be {1}: write more of the path");

    public static readonly DiagnosticDescriptor BadClass = Error("HR0004", "The class cannot take bindings",
        "'{0}' {1}: bindings go into a partial class that is neither static, sealed nor generic, inside of partial types");

    public static readonly DiagnosticDescriptor BadDescription = Error("HR0005", "The object's description cannot be read",
        "the description of '{0}' cannot be read: {1}; build again, with generator and tool of the same version");

    public static readonly DiagnosticDescriptor NoType = Error("HR0006", "The object has no such type",
        "'{0}' has no struct, union or enum '{1}' of a size that C# can hold{2}; types that only functions use stand in BTF when something names them: 'struct {1} *unused __attribute__((unused));'");

    public static readonly DiagnosticDescriptor Collision = new("HR0007", "Two names of C become one name of C#",
        "{0} is called '{1}' in C#, because '{2}' is taken by {3}", Category, DiagnosticSeverity.Warning, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor Renamed = new("HR0008", "A name of C means something else in C#",
        "{0} is called '{1}' in C#, because '{2}' means something else there", Category, DiagnosticSeverity.Info, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor Untyped = new("HR0009", "The object does not tell a type",
        "{0} is given as bytes: {1}", Category, DiagnosticSeverity.Info, isEnabledByDefault: true);

    /// <summary>How an object differs from its contract; each kind of change has an id of its own.</summary>
    public static DiagnosticDescriptor Change(string id) => id switch
    {
        "HR0101" => s_program,
        "HR0102" => s_map,
        "HR0103" => s_struct,
        "HR0104" => s_enum,
        "HR0105" => s_variable,
        _ => s_contract,
    };

    private const string ChangeMessage = "'{0}' has changed: {1}. Adapt the C#, then accept it: dotnet build -p:AcceptBpfChanges=true.";
    private static readonly DiagnosticDescriptor s_contract = Error("HR0100", "The contract cannot be used", ChangeMessage);
    private static readonly DiagnosticDescriptor s_program = Error("HR0101", "A program has changed", ChangeMessage);
    private static readonly DiagnosticDescriptor s_map = Error("HR0102", "A map has changed", ChangeMessage);
    private static readonly DiagnosticDescriptor s_struct = Error("HR0103", "A struct or union has changed", ChangeMessage);
    private static readonly DiagnosticDescriptor s_enum = Error("HR0104", "An enum has changed", ChangeMessage);
    private static readonly DiagnosticDescriptor s_variable = Error("HR0105", "A global variable has changed", ChangeMessage);

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true);
}
