using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes the stage that takes packets in their turn to the end.</summary>
/// <param name="code">The function.</param>
/// <param name="blocks">Writes its actors.</param>
/// <param name="plan">How it is cut.</param>
/// <param name="records">Writes what packets carry over.</param>
internal sealed class LastStage(FunctionCode code, BlockCode blocks, StagePlan plan, PacketRecords records)
{
    private readonly ILGenerator _il = code.Il;

    /// <summary>Writes it: for each packet from where it stands to the end.</summary>
    public void Write()
    {
        records.ForEachPacket(() =>
        {
            code.Run.Start();
            Label start = _il.DefineLabel();
            if (plan.StackBytes > 0)
            {
                Label kept = _il.DefineLabel();
                records.LoadRecord(nameof(StagedPacket.Restores));
                _il.Emit(OpCodes.Brfalse, kept);
                records.CopyStack(down: false);
                _il.MarkLabel(kept);
            }
            Label[] stubs = records.Dispatch(nameof(StagedPacket.Place), start);
            for (int i = 0; i < stubs.Length; i++)
            {
                _il.MarkLabel(stubs[i]);
                records.LoadTokens(guess: false);
                records.TakeTokens(plan.Places[i]);
                _il.Emit(OpCodes.Br, records.Resume[i]);
            }
            _il.MarkLabel(start);
            foreach (Block block in code.Function.Blocks)
            {
                _il.MarkLabel(code.Labels[block.Index]);
                foreach (Actor actor in block.Actors)
                {
                    if (plan.PlaceOf(actor) is { } place)
                        _il.MarkLabel(records.Resume[place.Number - 1]);
                    blocks.Write(actor);
                }
            }
        });
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ret);
        code.WriteRare();
    }
}
