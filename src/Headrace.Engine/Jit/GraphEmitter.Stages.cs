using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class GraphEmitter
{
    private const int BurstArgument = 4;

    // Instructions that a stage ahead may spend in loops: what prepares a key is short, and what is left out may be what ends a loop.
    private const long AheadBudget = 1024;

    private readonly bool _isAhead;
    private StagePlan? _plan;
    private Label[] _resume = [];
    private LocalBuilder? _record;
    private LocalBuilder? _tokens;
    private LocalBuilder? _guess;
    private LocalBuilder? _lookup;

    private bool CountsRounds => _isAhead || _needs.Budget;

    // Tokens are kept in 8 bytes each, those of a certain place in front of those of a guess.
    private int RecordBytes => (sizeof(StagedPacket) + 2 * sizeof(ulong) * _plan!.Tokens + 63) & ~63;

    // Callees lie below the program's own frames. Below them are frames for guesses, and for keeping what stages change. An odd number of lines spreads them over the cache.
    private int CertainBytes => (_graph.Functions.Count > 1 || _function.Actors.Any(actor => actor.Kind == ActorKind.TailCall) ? Machine.MaxCallDepth : _function.Frames) * Machine.MaxStack;

    private int StackStride => _plan!.StackBytes == 0 ? 0 : CertainBytes + _function.Frames * Machine.MaxStack + 64;

    /// <summary>Writes a program's stages; null when there is nothing to stage.</summary>
    /// <param name="owner">The program.</param>
    /// <param name="ahead">Where to write the stage ahead.</param>
    /// <param name="last">Where to write the last stage.</param>
    /// <returns>The look-ups that packets may wait at, the bytes of a record and of a packet's stack.</returns>
    public static (StagedSite[] Sites, int RecordBytes, int StackStride)? EmitStages(CompiledProgram owner, ILGenerator ahead, ILGenerator last)
    {
        GraphFunction main = owner.Graph.Main;
        var first = new GraphEmitter(owner, main, ahead, isBurst: true, null, isAhead: true);
        if (StagePlan.Of(owner.Program, first._placement, first.IsDirect) is not { } plan)
            return null;
        first._plan = plan;
        first.EmitAhead();
        var second = new GraphEmitter(owner, main, last, isBurst: true) { _plan = plan };
        second.EmitLast();
        return ([.. plan.Sites], first.RecordBytes, first.StackStride);
    }

    /// <summary>True when an access goes straight to memory that is there.</summary>
    private bool IsDirect(Actor access)
    {
        bool isGood = WayOf(access, 0, out ContextAccess field) switch
        {
            Way.Raw => true,
            Way.Context => field.Source != ContextSource.Skb,
            _ => false,
        };
        return isGood && (access.Kind != ActorKind.CopyBytes || WayOf(access, 1, out _) == Way.Raw);
    }

    // For each packet: to its next cut, where what it looks up is asked for.
    private void EmitAhead()
    {
        DeclareStage();
        _guess = _il.DeclareLocal(typeof(int));
        _tokens = _il.DeclareLocal(typeof(byte*));
        _lookup = _il.DeclareLocal(typeof(StagedLookup*));
        LoadBurst(nameof(StagedBurst.Lookups));
        _il.Emit(OpCodes.Stloc, _lookup);
        Label fresh = _il.DefineLabel();
        ForEachPacket(() =>
        {
            _il.Emit(OpCodes.Ldc_I8, AheadBudget);
            _il.Emit(OpCodes.Stloc, _budget!);
            LoadBurst(nameof(StagedBurst.Stage));
            _il.Emit(OpCodes.Brfalse, fresh);
            Label[] stubs = Dispatch(nameof(StagedPacket.Next), _next);
            // Where nothing certain comes any more, it goes on in its turn from here, with the stack as it is now.
            for (int i = 0; i < stubs.Length; i++)
            {
                ResumePlace place = _plan!.Places[i];
                if (_plan.SiteOf(place.Actor) < 0)
                    continue;
                _il.MarkLabel(stubs[i]);
                Label certain = _il.DefineLabel();
                Label loaded = _il.DefineLabel();
                LoadRecord(nameof(StagedPacket.IsGuess));
                _il.Emit(OpCodes.Stloc, _guess);
                SetNext(0);
                LoadTokens(guess: false);
                _il.Emit(OpCodes.Ldloc, _guess);
                _il.Emit(OpCodes.Brfalse, certain);
                LoadTokens(guess: true);
                MoveTop(down: true);
                _il.Emit(OpCodes.Br, loaded);
                _il.MarkLabel(certain);
                CopyStack(down: true);
                SetRecord(nameof(StagedPacket.Restores), 1);
                _il.MarkLabel(loaded);
                TakeTokens(place);
                _il.Emit(OpCodes.Br, _resume[i]);
            }
            for (int i = 0; i < stubs.Length; i++)
            {
                if (_plan!.SiteOf(_plan.Places[i].Actor) >= 0)
                    continue;
                _il.MarkLabel(stubs[i]);
                _il.Emit(OpCodes.Br, _next);
            }
            _il.MarkLabel(fresh);
            SetPlace(0);
            SetNext(0);
            SetRecord(nameof(StagedPacket.Restores), 0);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Stloc, _guess);
            LoadTokens(guess: false);
            foreach (Block block in _function.Blocks)
                EmitAhead(block);
        });
        _il.Emit(OpCodes.Ldloc, _lookup);
        LoadBurst(nameof(StagedBurst.Lookups));
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Ldc_I4, sizeof(StagedLookup));
        _il.Emit(OpCodes.Div);
        _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Ret);
        EmitRare();
    }

    private void EmitAhead(Block block)
    {
        _il.MarkLabel(_labels[block.Index]);
        if (!_plan!.Leads(block))
        {
            _il.Emit(OpCodes.Br, _next);
            return;
        }
        foreach (Actor actor in block.Actors)
        {
            if (!StagePlan.StandsAlone(_placement, actor))
                continue;
            if (_plan.SiteOf(actor) >= 0)
                EmitCut(actor);
            if (!_plan.LeadsOn(actor))
            {
                _il.Emit(OpCodes.Br, _next);
                return;
            }
            EmitAhead(actor);
        }
    }

    private void EmitAhead(Actor actor)
    {
        AheadRole role = _plan!.RoleOf(actor);
        if (role is AheadRole.Guess or AheadRole.LeaveOut && !_plan.IsGuess(actor))
            LeaveCertainty(_plan.PlaceOf(actor)!);
        switch (role)
        {
            case AheadRole.LeaveOut:
                if (VariableOf(actor) is { } variable)
                {
                    Constant(0, wide: !Placement.IsNarrow(actor));
                    _il.Emit(OpCodes.Stloc, variable);
                }
                return;
            case AheadRole.FireWhileCertain:
                _il.Emit(OpCodes.Ldloc, _guess!);
                _il.Emit(OpCodes.Brtrue, _next);
                break;
        }
        EmitActor(actor);
    }

    // Where the look-up is one that packets wait at, the packet's tokens go into its record.
    private void EmitCut(Actor lookup)
    {
        int site = _plan!.SiteOf(lookup);
        ResumePlace place = _plan.PlaceOf(lookup)!;
        Map map = _plan.Sites[site].Map;
        Label pass = _resume[place.Number - 1];
        Label guess = _il.DefineLabel();
        LoadBurst(nameof(StagedBurst.Sites));
        _il.Emit(OpCodes.Ldc_I8, 1L << site);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Brfalse, pass);
        _maps.Load(lookup.Map);
        Push(lookup.Inputs[1], wide: true);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Ldloc, _lookup!);
        _maps.LoadCpu();
        _il.Emit(OpCodes.Call, MapCode.Method(map, nameof(Map.Stage), typeof(byte*), typeof(StagedLookup*), typeof(int)));
        _il.Emit(OpCodes.Brfalse, pass);
        _il.Emit(OpCodes.Ldloc, _lookup!);
        _il.Emit(OpCodes.Ldc_I4, site);
        _il.Emit(OpCodes.Stfld, typeof(StagedLookup).GetField(nameof(StagedLookup.Site))!);
        _il.Emit(OpCodes.Ldloc, _lookup!);
        _il.Emit(OpCodes.Ldc_I4, sizeof(StagedLookup));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _lookup!);
        GiveTokens(place);
        SetNext(place.Number);
        _il.Emit(OpCodes.Ldloc, _record!);
        _il.Emit(OpCodes.Ldloc, _guess!);
        _il.Emit(OpCodes.Stfld, Field(nameof(StagedPacket.IsGuess)));
        _il.Emit(OpCodes.Ldloc, _guess!);
        _il.Emit(OpCodes.Brtrue, _next);
        SetPlace(place.Number);
        SetRecord(nameof(StagedPacket.Restores), 0);
        _il.Emit(OpCodes.Br, _next);
        _il.MarkLabel(pass);
    }

    // Notes where the packet goes on in its turn; what follows goes on in the frame and the tokens of guesses.
    private void LeaveCertainty(ResumePlace place)
    {
        Label past = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, _guess!);
        _il.Emit(OpCodes.Brtrue, past);
        GiveTokens(place);
        SetPlace(place.Number);
        SetRecord(nameof(StagedPacket.Restores), 0);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Stloc, _guess!);
        LoadTokens(guess: true);
        CopyStack(down: true);
        MoveTop(down: true);
        _il.MarkLabel(past);
    }

    // For each packet: from where it stands to the end.
    private void EmitLast()
    {
        DeclareStage();
        ForEachPacket(() =>
        {
            StartRun();
            Label start = _il.DefineLabel();
            if (_plan!.StackBytes > 0)
            {
                Label kept = _il.DefineLabel();
                LoadRecord(nameof(StagedPacket.Restores));
                _il.Emit(OpCodes.Brfalse, kept);
                CopyStack(down: false);
                _il.MarkLabel(kept);
            }
            Label[] stubs = Dispatch(nameof(StagedPacket.Place), start);
            _tokens = _il.DeclareLocal(typeof(byte*));
            for (int i = 0; i < stubs.Length; i++)
            {
                _il.MarkLabel(stubs[i]);
                LoadTokens(guess: false);
                TakeTokens(_plan!.Places[i]);
                _il.Emit(OpCodes.Br, _resume[i]);
            }
            _il.MarkLabel(start);
            foreach (Block block in _function.Blocks)
            {
                _il.MarkLabel(_labels[block.Index]);
                foreach (Actor actor in block.Actors)
                {
                    if (_plan!.PlaceOf(actor) is { } place)
                        _il.MarkLabel(_resume[place.Number - 1]);
                    EmitActor(actor);
                }
            }
        });
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ret);
        EmitRare();
    }

    private void DeclareStage()
    {
        _record = _il.DeclareLocal(typeof(StagedPacket*));
        _resume = [.. _plan!.Places.Select(_ => _il.DefineLabel())];
    }

    private void ForEachPacket(Action emit)
    {
        LocalBuilder top = _il.DeclareLocal(typeof(ulong));
        ForEachFrame(
            first: () =>
            {
                LoadBurst(nameof(StagedBurst.Records));
                _il.Emit(OpCodes.Stloc, _record!);
                LoadBurst(nameof(StagedBurst.Top));
                _il.Emit(OpCodes.Conv_U8);
                _il.Emit(OpCodes.Stloc, top);
            },
            each: () =>
            {
                _il.Emit(OpCodes.Ldloc, top);
                _il.Emit(OpCodes.Stloc, _top);
                emit();
            },
            advance: () =>
            {
                Advance(_record!, RecordBytes);
                if (StackStride > 0)
                {
                    _il.Emit(OpCodes.Ldloc, top);
                    _il.Emit(OpCodes.Ldc_I8, (long)StackStride);
                    _il.Emit(OpCodes.Add);
                    _il.Emit(OpCodes.Stloc, top);
                }
            });
    }
}
