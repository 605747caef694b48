using Headrace.Linux;

namespace Headrace.Cli.Nouns.Links;

/// <summary>Reads which link is meant: <c>id N</c> or <c>pinned PATH</c>.</summary>
internal static class LinkChoices
{
    /// <summary>Opens the link that is meant.</summary>
    /// <exception cref="UsageException">The words say no link.</exception>
    public static KernelLink Read(Keywords words) => words.AcceptAny("id", "pinned") switch
    {
        "id" => KernelLink.Open((uint)words.Number("id")),
        "pinned" => KernelLink.OpenPinned(words.Next("the path of the pinned link")),
        _ => throw new UsageException("which link? id N or pinned PATH"),
    };
}
