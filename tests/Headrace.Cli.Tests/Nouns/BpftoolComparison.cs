using System.Text.Json;

namespace Headrace.Cli.Tests.Nouns;

/// <summary>Runs a command of Debian's bpftool and of ours and compares the documents, keys and values and their order.</summary>
internal static class BpftoolComparison
{
    /// <summary>Compares one command.</summary>
    /// <param name="allowed">Names of the known differences that may be seen.</param>
    /// <param name="arguments">The command, as bpftool takes it.</param>
    public static void AssertSame(IReadOnlyCollection<string> allowed, params string[] arguments)
    {
        (int theirCode, JsonElement theirs) = Theirs(arguments);
        (int ourCode, string output, string error) = Shell.Run(["-j", .. arguments]);
        Assert.True((theirCode == 0) == (ourCode == 0), $"{string.Join(' ', arguments)}: bpftool ended with {theirCode}, headrace with {ourCode}: {error}");
        using JsonDocument ours = JsonDocument.Parse(output);
        List<string> differences = [];
        Compare(theirs, ours.RootElement, "", allowed, differences);
        Assert.True(differences.Count == 0, $"bpftool -j {string.Join(' ', arguments)} answers otherwise than headrace:\n  {string.Join("\n  ", differences.Take(20))}");
    }

    /// <summary>What bpftool answers; skips the test where it is not installed.</summary>
    public static (int Code, JsonElement Document) Theirs(params string[] arguments)
    {
        Linux.Tests.Shell.Require("bpftool");
        (int code, string output, string errors) = Linux.Tests.Shell.Try("bpftool", ["-j", .. arguments]);
        try
        {
            using JsonDocument document = JsonDocument.Parse(output);
            return (code, document.RootElement.Clone());
        }
        catch (JsonException error)
        {
            Assert.Fail($"bpftool -j {string.Join(' ', arguments)} wrote no JSON ({error.Message}): {output}{errors}");
            throw;
        }
    }

    private static void Compare(JsonElement theirs, JsonElement ours, string path, IReadOnlyCollection<string> allowed, List<string> differences)
    {
        if (theirs.ValueKind == JsonValueKind.Object && ours.ValueKind == JsonValueKind.Object)
            CompareObjects(theirs, ours, path, allowed, differences);
        else if (theirs.ValueKind == JsonValueKind.Array && ours.ValueKind == JsonValueKind.Array)
            CompareArrays(theirs, ours, path, allowed, differences);
        else if (theirs.GetRawText() != ours.GetRawText())
            Differ(theirs.GetRawText(), ours.GetRawText(), path, allowed, differences);
    }

    private static void CompareObjects(JsonElement theirs, JsonElement ours, string path, IReadOnlyCollection<string> allowed, List<string> differences)
    {
        // bpftool repeats a key (the empty one) where members have no name: the order tells them apart.
        List<JsonProperty> left = [.. theirs.EnumerateObject()], right = [.. ours.EnumerateObject()];
        int next = 0;
        foreach (JsonProperty property in left)
        {
            int found = right.FindIndex(next, one => one.NameEquals(property.Name));
            if (found < 0)
            {
                Differ(property.Value.GetRawText(), null, $"{path}.{property.Name}", allowed, differences);
                continue;
            }
            for (; next < found; next++)
                Differ(null, right[next].Value.GetRawText(), $"{path}.{right[next].Name}", allowed, differences);
            Compare(property.Value, right[found].Value, $"{path}.{property.Name}", allowed, differences);
            next = found + 1;
        }
        for (; next < right.Count; next++)
            Differ(null, right[next].Value.GetRawText(), $"{path}.{right[next].Name}", allowed, differences);
    }

    private static void CompareArrays(JsonElement theirs, JsonElement ours, string path, IReadOnlyCollection<string> allowed, List<string> differences)
    {
        if (IsKnown(theirs.GetRawText(), ours.GetRawText(), path, allowed))
            return;
        int length = theirs.GetArrayLength();
        if (length != ours.GetArrayLength())
        {
            Differ($"{length} elements", $"{ours.GetArrayLength()} elements", path, allowed, differences);
            return;
        }
        int index = 0;
        foreach ((JsonElement their, JsonElement our) in theirs.EnumerateArray().Zip(ours.EnumerateArray()))
            Compare(their, our, $"{path}[{index++}]", allowed, differences);
    }

    private static void Differ(string? theirs, string? ours, string path, IReadOnlyCollection<string> allowed, List<string> differences)
    {
        if (!IsKnown(theirs, ours, path, allowed))
            differences.Add($"{path}: bpftool {theirs ?? "(nothing)"}, headrace {ours ?? "(nothing)"}");
    }

    private static bool IsKnown(string? theirs, string? ours, string path, IReadOnlyCollection<string> allowed) =>
        KnownDifferences.All.Any(one => allowed.Contains(one.Name) && one.IsAt(path) && one.Allows(theirs, ours));
}
