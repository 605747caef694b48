namespace Headrace.Bindings.Tool;

/// <summary>A C source to compile.</summary>
/// <param name="Source">Full path.</param>
/// <param name="Target">Full path of the object.</param>
/// <param name="Includes">Folders for <c>-I</c>; relative ones stand in the project's folder.</param>
/// <param name="Defines">Macros for <c>-D</c>.</param>
/// <param name="Options">Further options.</param>
internal sealed record CompileItem(string Source, string Target, string[] Includes, string[] Defines, string[] Options);
