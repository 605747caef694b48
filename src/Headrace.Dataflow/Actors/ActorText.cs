using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Actors in short words, for pictures, reports and messages.</summary>
internal static class ActorText
{
    /// <summary>The actor with the numbers of its inputs: <c>%7 = add %3, %5</c>.</summary>
    public static string Of(Actor actor)
    {
        string inputs = string.Join(", ", actor.Inputs.Select(Operand));
        string text = inputs.Length == 0 ? Label(actor) : $"{Label(actor)} {inputs}";
        return actor.HasResult ? $"%{actor.Id} = {text}" : text;
    }

    /// <summary>What it does, without its inputs.</summary>
    public static string Label(Actor actor)
    {
        GraphMap? map = actor.Map >= 0 ? actor.Block?.Function.Graph.Maps[actor.Map] : null;
        string width = actor.Is32 ? "32" : "";
        return actor.Kind switch
        {
            ActorKind.Constant => Number(actor.Immediate),
            ActorKind.Parameter => $"r{actor.Immediate}",
            ActorKind.FramePointer => actor.Immediate == 0 ? "fp" : $"fp{actor.Immediate}",
            ActorKind.MapHandle => $"map {map?.Name ?? "?"}",
            ActorKind.MapValueAddress => $"&{map?.Name ?? "?"}{Displacement(actor.Immediate)}",
            ActorKind.ElementAddress => $"&{map?.Name ?? "?"}[{actor.Immediate}]",
            ActorKind.FunctionAddress => $"&function {actor.Immediate}",
            ActorKind.ByteSwap => $"swap{actor.Size * 8}",
            ActorKind.Extend => $"{(actor.Signed ? "sign" : "zero")}{actor.Size * 8}{(actor.Is32 ? " to 32" : "")}",
            ActorKind.Compare => $"{Sign(actor.Condition)}{width}",
            ActorKind.Load => $"load{actor.Size * 8}{(actor.Signed ? "s" : "")} {Place(actor)}",
            ActorKind.Store => $"store{actor.Size * 8} {Place(actor)}",
            ActorKind.CopyBytes => $"copy {actor.Length} bytes",
            ActorKind.ClearBytes => $"clear {actor.Length} bytes {Place(actor)}",
            ActorKind.Atomic => $"atomic {Atomic(actor.AtomicOp)}{actor.Size * 8} {Place(actor)}{(actor.IsCombined ? " a burst" : "")}",
            ActorKind.PacketLoad => $"packet{actor.Size * 8}[{actor.Immediate}]",
            ActorKind.Helper => $"{HelperNames.Of(actor.Helper)}{(map is null ? "" : $"({map.Name})")}",
            ActorKind.Call => $"call {actor.Block?.Function.Graph.List.FirstOrDefault(function => function.Start == actor.Immediate)?.Name ?? $"function {actor.Immediate}"}",
            ActorKind.TailCall => $"tail call{(map is null ? "" : $" {map.Name}")}",
            ActorKind.Subtract => "sub" + width,
            ActorKind.Multiply => "mul" + width,
            ActorKind.MultiplyHigh => "mulhi",
            ActorKind.Divide => "div" + width,
            ActorKind.DivideSigned => "sdiv" + width,
            ActorKind.Remainder => "mod" + width,
            ActorKind.RemainderSigned => "smod" + width,
            ActorKind.ShiftLeft => "shl" + width,
            ActorKind.ShiftRight => "shr" + width,
            ActorKind.ShiftRightSigned => "sar" + width,
            ActorKind.Negate => "neg" + width,
            ActorKind.LoopBudget => "loops used up",
            _ => actor.Kind.ToString().ToLowerInvariant() + width,
        };
    }

    /// <summary>An input as others write it: literals in full, others by number.</summary>
    public static string Operand(Actor actor) => actor.IsLiteral ? Label(actor) : $"%{actor.Id}";

    private static string Place(Actor actor)
    {
        PointerFacts pointer = actor.Inputs.Count > 0 ? actor.Inputs[0].Facts.Pointer.Move(actor.Immediate) : default;
        string offset = pointer.Offset is { } known ? known.ToString(CultureInfo.InvariantCulture) : "?";
        return pointer.Kind switch
        {
            PointerKind.Context => $"ctx[{offset}]",
            PointerKind.Packet => $"pkt[{offset}]",
            PointerKind.Stack => $"stack[{offset}]",
            PointerKind.MapValue => $"{(pointer.Index >= 0 && actor.Block is { } block ? block.Function.Graph.Maps[pointer.Index].Name : "value")}[{offset}]",
            _ => $"[{Displacement(actor.Immediate)}]",
        };
    }

    private static string Displacement(long value) => value == 0 ? "" : value.ToString("+0;-0", CultureInfo.InvariantCulture);

    private static string Number(long value) =>
        value is >= -4096 and <= 4096 ? value.ToString(CultureInfo.InvariantCulture) : $"0x{value:x}";

    private static string Atomic(AtomicOp op) => op switch
    {
        AtomicOp.Exchange => "xchg",
        AtomicOp.CompareExchange => "cmpxchg",
        AtomicOp.LoadAcquire => "load-acquire",
        AtomicOp.StoreRelease => "store-release",
        _ => (op & ~AtomicOp.Fetch).ToString().ToLowerInvariant(),
    };

    /// <summary>A comparison as an operator.</summary>
    public static string Sign(JumpOp op) => op switch
    {
        JumpOp.Jeq => "==",
        JumpOp.Jne => "!=",
        JumpOp.Jgt => ">",
        JumpOp.Jge => ">=",
        JumpOp.Jlt => "<",
        JumpOp.Jle => "<=",
        JumpOp.Jsgt => "s>",
        JumpOp.Jsge => "s>=",
        JumpOp.Jslt => "s<",
        JumpOp.Jsle => "s<=",
        _ => "&",
    };
}
