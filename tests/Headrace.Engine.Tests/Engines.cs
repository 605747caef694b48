namespace Headrace.Engine.Tests;

/// <summary>The engines that must agree: what a test says of one holds for each.</summary>
public static class Engines
{
    public static TheoryData<EngineKind> All => [.. Enum.GetValues<EngineKind>()];
}
