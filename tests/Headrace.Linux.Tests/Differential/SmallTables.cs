using System.Runtime.CompilerServices;
using Headrace.Engine;

namespace Headrace.Linux.Tests.Differential;

/// <summary>Lets the batch engine take tables of test size for large ones, so that it fetches ahead in these tests.</summary>
internal static class SmallTables
{
    [ModuleInitializer]
    internal static void Stage() => Cache.LargeTable = 0;
}
