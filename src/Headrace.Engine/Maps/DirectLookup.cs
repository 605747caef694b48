using System.Reflection;

namespace Headrace.Engine;

/// <summary>How compiled code looks up in one map without its object: what does not change in the map's life becomes part of the code.</summary>
/// <param name="Method">A static method of the key's address and of <paramref name="Constants"/> that answers the value's address or null.</param>
/// <param name="Constants">Its further arguments: addresses as <c>nint</c>, and numbers of 32 or 64 bits.</param>
internal sealed record DirectLookup(MethodInfo Method, object[] Constants);
