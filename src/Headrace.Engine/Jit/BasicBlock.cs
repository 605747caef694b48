namespace Headrace.Engine.Jit;

/// <summary>Instructions that run one after the other: only the first is jumped to, only the last jumps.</summary>
/// <param name="Index">Place in <see cref="ControlFlow.Blocks"/>.</param>
/// <param name="Start">Slot of the first instruction.</param>
/// <param name="Last">Slot of the last instruction.</param>
/// <param name="End">Slot behind the last instruction.</param>
internal sealed record BasicBlock(int Index, int Start, int Last, int End)
{
    /// <summary>The block that runs next when the last instruction does not jump; null after an exit or a jump that is always taken.</summary>
    public BasicBlock? Next { get; set; }

    /// <summary>The block the last instruction jumps to; null when it does not jump.</summary>
    public BasicBlock? Target { get; set; }
}
