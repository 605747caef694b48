using System.Globalization;
using System.Text;

namespace Headrace.Dataflow;

/// <summary>What a picture says of an actor.</summary>
internal static class ActorCaption
{
    /// <summary>One line: its number, what it does, and operands that no link shows.</summary>
    public static string Title(Actor actor)
    {
        var text = new StringBuilder(ActorText.Label(actor));
        int first = HidesAddress(actor) ? 1 : 0;
        for (int i = first; i < actor.Inputs.Count; i++)
        {
            if (actor.Kind is ActorKind.Helper or ActorKind.TailCall && actor.Inputs[i].Kind == ActorKind.MapHandle)
                continue;
            text.Append(i == first ? " " : ", ").Append(ActorText.Operand(actor.Inputs[i]));
        }
        return actor.HasResult ? string.Create(CultureInfo.InvariantCulture, $"%{actor.Id} {text}") : text.ToString();
    }

    /// <summary>The same, cut to what a box has room for: where many ways meet, a merge has as many inputs.</summary>
    public static string ShortTitle(Actor actor)
    {
        const int Most = 44;
        string title = Title(actor);
        return title.Length <= Most ? title : $"{title[..(Most - 1)]}…";
    }

    /// <summary>Where it came from, in a few letters.</summary>
    public static string Source(Graph graph, Actor actor) => graph.LineOf(actor) is { } line
        ? string.Create(CultureInfo.InvariantCulture, $"{actor.Slot}  {Path.GetFileName(line.File)}:{line.Line}")
        : actor.Slot.ToString(CultureInfo.InvariantCulture);

    /// <summary>Everything that is known of it, a line each.</summary>
    public static string Details(Graph graph, Actor actor)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{actor}\n");
        if (graph.LineOf(actor) is { } line)
            text.Append(CultureInfo.InvariantCulture, $"{line.File}:{line.Line}: {line.Text.Trim()}\n");
        if (actor.HasResult)
            text.Append(CultureInfo.InvariantCulture, $"{Facts(graph, actor.Facts)}, live 0x{actor.LiveBits:x}\n");
        if (actor.Effects.Reads != 0)
            text.Append(CultureInfo.InvariantCulture, $"reads {Names(graph, actor.Effects.Reads)}\n");
        if (actor.Effects.Writes != 0)
            text.Append(CultureInfo.InvariantCulture, $"writes {Names(graph, actor.Effects.Writes)}\n");
        if (actor.Expansion is { } expansion)
            text.Append(CultureInfo.InvariantCulture, $"carried out as {expansion.Form}\n");
        text.Append(CultureInfo.InvariantCulture, $"{Latency.Of(actor)} cycles ({Latency.ClassOf(actor)})");
        return text.ToString();
    }

    /// <summary>What a link carries: the proved facts of its tokens, or the memory it orders.</summary>
    public static string Details(Graph graph, Link link) => link.Kind == LinkKind.Order
        ? $"{ActorText.Label(link.From)} before {ActorText.Label(link.To)}: {Names(graph, link.Regions)}"
        : $"%{link.From.Id} to {(link.To.HasResult ? $"%{link.To.Id}" : ActorText.Label(link.To))}: {Facts(graph, link.Facts)}";

    /// <summary>What is proved of a token, in a line.</summary>
    public static string Facts(Graph graph, in ValueFacts facts)
    {
        PointerFacts pointer = facts.Pointer;
        if (pointer.Kind == PointerKind.None)
            return facts.Constant is { } constant ? string.Create(CultureInfo.InvariantCulture, $"always {constant}")
                : string.Create(CultureInfo.InvariantCulture, $"{facts.Width} bits, {facts.Min} to {facts.Max}");
        string what = pointer.Kind is PointerKind.MapValue or PointerKind.Map && pointer.Index >= 0 ? $"{pointer.Kind} of {graph.Maps[pointer.Index].Name}" : pointer.Kind.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"pointer to {what}{(pointer.Offset is { } offset ? $" {offset:+0;-0;+0}" : "")}");
    }

    /// <summary>The source line that a block stands for, cut to a length: that of its branch, or of what it does first.</summary>
    public static string Statement(Graph graph, Block block, int length)
    {
        Actor actor = block.Terminator.Kind == ActorKind.Branch ? block.Terminator : block.Actors.First(other => !other.IsLiteral);
        if (graph.LineOf(actor) is not { } line || length < 2)
            return "";
        string text = line.Text.Trim();
        return text.Length <= length ? text : $"{text[..(length - 1)]}…";
    }

    private static string Names(Graph graph, ulong regions) =>
        regions == graph.Regions.Mask ? "everything" : string.Join(", ", graph.Regions.In(regions).Select(region => region.Name));

    // The place of an access says it all when its offset is known.
    private static bool HidesAddress(Actor actor) => actor.Kind is ActorKind.Load or ActorKind.Store or ActorKind.Atomic or ActorKind.ClearBytes
        && actor.Inputs[0].Facts.Pointer is { Kind: not (PointerKind.Unknown or PointerKind.None), Offset: not null };
}
