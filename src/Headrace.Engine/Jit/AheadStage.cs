using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes the stage that runs ahead of its packets' turns.</summary>
/// <param name="code">The function.</param>
/// <param name="blocks">Writes its actors.</param>
/// <param name="plan">How it is cut.</param>
/// <param name="records">Writes what packets carry over.</param>
internal sealed unsafe class AheadStage(FunctionCode code, BlockCode blocks, StagePlan plan, PacketRecords records)
{
    // Instructions that a stage ahead may spend in loops: what prepares a key is short, and what is left out may be what ends a loop.
    private const long Budget = 1024;

    private readonly ILGenerator _il = code.Il;
    private readonly LocalBuilder _guess = code.Il.DeclareLocal(typeof(int));
    private readonly LocalBuilder _lookup = code.Il.DeclareLocal(typeof(StagedLookup*));

    /// <summary>Writes it: for each packet to its next cut, where what it looks up is asked for.</summary>
    public void Write()
    {
        records.LoadBurst(nameof(StagedBurst.Lookups));
        _il.Emit(OpCodes.Stloc, _lookup);
        Label fresh = _il.DefineLabel();
        records.ForEachPacket(() =>
        {
            _il.Emit(OpCodes.Ldc_I8, Budget);
            _il.Emit(OpCodes.Stloc, code.Budget!);
            records.LoadBurst(nameof(StagedBurst.Stage));
            _il.Emit(OpCodes.Brfalse, fresh);
            Label[] stubs = records.Dispatch(nameof(StagedPacket.Next), code.Next);
            // Where nothing certain comes any more, it goes on in its turn from here, with the stack as it is now.
            for (int i = 0; i < stubs.Length; i++)
            {
                ResumePlace place = plan.Places[i];
                if (plan.SiteOf(place.Actor) < 0)
                    continue;
                _il.MarkLabel(stubs[i]);
                Label certain = _il.DefineLabel();
                Label loaded = _il.DefineLabel();
                records.LoadRecord(nameof(StagedPacket.IsGuess));
                _il.Emit(OpCodes.Stloc, _guess);
                records.SetNext(0);
                records.LoadTokens(guess: false);
                _il.Emit(OpCodes.Ldloc, _guess);
                _il.Emit(OpCodes.Brfalse, certain);
                records.LoadTokens(guess: true);
                records.EnterGuess();
                _il.Emit(OpCodes.Br, loaded);
                _il.MarkLabel(certain);
                records.CopyStack(down: true);
                records.SetRecord(nameof(StagedPacket.Restores), 1);
                _il.MarkLabel(loaded);
                records.TakeTokens(place);
                _il.Emit(OpCodes.Br, records.Resume[i]);
            }
            for (int i = 0; i < stubs.Length; i++)
            {
                if (plan.SiteOf(plan.Places[i].Actor) >= 0)
                    continue;
                _il.MarkLabel(stubs[i]);
                _il.Emit(OpCodes.Br, code.Next);
            }
            _il.MarkLabel(fresh);
            records.SetPlace(0);
            records.SetNext(0);
            records.SetRecord(nameof(StagedPacket.Restores), 0);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Stloc, _guess);
            records.LoadTokens(guess: false);
            foreach (Block block in code.Function.Blocks)
                Write(block);
        });
        _il.Emit(OpCodes.Ldloc, _lookup);
        records.LoadBurst(nameof(StagedBurst.Lookups));
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Ldc_I4, sizeof(StagedLookup));
        _il.Emit(OpCodes.Div);
        _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Ret);
        code.WriteRare();
    }

    private void Write(Block block)
    {
        _il.MarkLabel(code.Labels[block.Index]);
        if (!plan.Leads(block))
        {
            _il.Emit(OpCodes.Br, code.Next);
            return;
        }
        foreach (Actor actor in block.Actors)
        {
            if (!StagePlan.StandsAlone(code.Placement, actor))
                continue;
            if (plan.SiteOf(actor) >= 0)
                Cut(actor);
            if (!plan.LeadsOn(actor))
            {
                _il.Emit(OpCodes.Br, code.Next);
                return;
            }
            Write(actor);
        }
    }

    private void Write(Actor actor)
    {
        AheadRole role = plan.RoleOf(actor);
        if (role is AheadRole.Guess or AheadRole.LeaveOut && !plan.IsGuess(actor))
            LeaveCertainty(plan.PlaceOf(actor)!);
        switch (role)
        {
            case AheadRole.LeaveOut:
                if (code.VariableOf(actor) is { } variable)
                {
                    code.Constant(0, wide: !Placement.IsNarrow(actor));
                    _il.Emit(OpCodes.Stloc, variable);
                }
                return;
            case AheadRole.FireWhileCertain:
                _il.Emit(OpCodes.Ldloc, _guess);
                _il.Emit(OpCodes.Brtrue, code.Next);
                break;
        }
        blocks.Write(actor);
    }

    // Where the look-up is one that packets wait at, the packet's tokens go into its record.
    private void Cut(Actor lookup)
    {
        int site = plan.SiteOf(lookup);
        ResumePlace place = plan.PlaceOf(lookup)!;
        Map map = plan.Sites[site].Map;
        Label pass = records.Resume[place.Number - 1];
        records.LoadBurst(nameof(StagedBurst.Sites));
        _il.Emit(OpCodes.Ldc_I8, 1L << site);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Brfalse, pass);
        code.Maps.Load(lookup.Map);
        blocks.Tokens.Push(lookup.Inputs[1], wide: true);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Ldloc, _lookup);
        code.Maps.LoadCpu();
        _il.Emit(OpCodes.Call, MapCode.Method(map, nameof(Map.Stage), typeof(byte*), typeof(StagedLookup*), typeof(int)));
        _il.Emit(OpCodes.Brfalse, pass);
        _il.Emit(OpCodes.Ldloc, _lookup);
        _il.Emit(OpCodes.Ldc_I4, site);
        _il.Emit(OpCodes.Stfld, typeof(StagedLookup).GetField(nameof(StagedLookup.Site))!);
        _il.Emit(OpCodes.Ldloc, _lookup);
        _il.Emit(OpCodes.Ldc_I4, sizeof(StagedLookup));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _lookup);
        records.GiveTokens(place);
        records.SetNext(place.Number);
        records.SetRecord(nameof(StagedPacket.IsGuess), _guess);
        _il.Emit(OpCodes.Ldloc, _guess);
        _il.Emit(OpCodes.Brtrue, code.Next);
        records.SetPlace(place.Number);
        records.SetRecord(nameof(StagedPacket.Restores), 0);
        _il.Emit(OpCodes.Br, code.Next);
        _il.MarkLabel(pass);
    }

    // Notes where the packet goes on in its turn; what follows goes on in the frame and the tokens of guesses.
    private void LeaveCertainty(ResumePlace place)
    {
        Label past = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, _guess);
        _il.Emit(OpCodes.Brtrue, past);
        records.GiveTokens(place);
        records.SetPlace(place.Number);
        records.SetRecord(nameof(StagedPacket.Restores), 0);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Stloc, _guess);
        records.LoadTokens(guess: true);
        records.CopyStack(down: true);
        records.EnterGuess();
        _il.MarkLabel(past);
    }
}
