using System.Reflection;
using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes what a packet carries from one stage to the next: its record, its tokens and its stack.</summary>
/// <param name="code">The function.</param>
/// <param name="plan">How it is cut.</param>
internal sealed unsafe class PacketRecords(FunctionCode code, StagePlan plan)
{
    private readonly ILGenerator _il = code.Il;
    private readonly LocalBuilder _record = code.Il.DeclareLocal(typeof(StagedPacket*));
    private readonly LocalBuilder _tokens = code.Il.DeclareLocal(typeof(byte*));

    /// <summary>Where code goes on at each of the plan's places.</summary>
    public Label[] Resume { get; } = [.. plan.Places.Select(_ => code.Il.DefineLabel())];

    /// <summary>Bytes of a packet's record. Tokens are kept in 8 bytes each, those of a certain place in front of those of a guess.</summary>
    public int Bytes => (sizeof(StagedPacket) + 2 * sizeof(ulong) * plan.Tokens + 63) & ~63;

    /// <summary>Bytes from one packet's stack to the next; 0 where all can use the machine's.</summary>
    public int StackStride => plan.StackBytes == 0 ? 0 : CertainBytes + code.Function.Frames * Machine.MaxStack + 64;

    // Callees lie below the program's own frames. Below them are frames for guesses, and for keeping what stages change. An odd number of lines spreads them over the cache.
    private int CertainBytes => (code.Graph.Functions.Count > 1 || code.Function.Actors.Any(actor => actor.Kind == ActorKind.TailCall) ? Machine.MaxCallDepth : code.Function.Frames) * Machine.MaxStack;

    /// <summary>Writes a loop over the burst's packets: each with its record and its stack.</summary>
    /// <param name="emit">Writes what is done with a packet.</param>
    public void ForEachPacket(Action emit)
    {
        LocalBuilder top = _il.DeclareLocal(typeof(ulong));
        var loop = new BurstLoop(code);
        loop.Write(
            first: () =>
            {
                LoadBurst(nameof(StagedBurst.Records));
                _il.Emit(OpCodes.Stloc, _record);
                LoadBurst(nameof(StagedBurst.Top));
                _il.Emit(OpCodes.Conv_U8);
                _il.Emit(OpCodes.Stloc, top);
            },
            each: () =>
            {
                _il.Emit(OpCodes.Ldloc, top);
                _il.Emit(OpCodes.Stloc, code.Top);
                emit();
            },
            advance: () =>
            {
                loop.Advance(_record, Bytes);
                if (StackStride > 0)
                {
                    _il.Emit(OpCodes.Ldloc, top);
                    _il.Emit(OpCodes.Ldc_I8, (long)StackStride);
                    _il.Emit(OpCodes.Add);
                    _il.Emit(OpCodes.Stloc, top);
                }
            });
    }

    /// <summary>Jumps to the stub of the place that the record names.</summary>
    /// <param name="field">Which place.</param>
    /// <param name="none">Where to go when it names none.</param>
    /// <returns>A label for each stub.</returns>
    public Label[] Dispatch(string field, Label none)
    {
        Label[] stubs = [.. plan.Places.Select(_ => _il.DefineLabel())];
        LoadRecord(field);
        _il.Emit(OpCodes.Switch, [none, .. stubs]);
        _il.Emit(OpCodes.Br, none);
        return stubs;
    }

    /// <summary>Finds the tokens of the packet's certain place, or of its guess.</summary>
    public void LoadTokens(bool guess)
    {
        _il.Emit(OpCodes.Ldloc, _record);
        _il.Emit(OpCodes.Ldc_I4, sizeof(StagedPacket) + (guess ? sizeof(ulong) * plan.Tokens : 0));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _tokens);
    }

    /// <summary>Fetches the tokens that a place needs.</summary>
    public void TakeTokens(ResumePlace place)
    {
        for (int i = 0; i < place.Locals.Count; i++)
        {
            bool isNarrow = Placement.IsNarrow(code.Placement.Locals[place.Locals[i]]);
            TokenAddress(i);
            _il.Emit(isNarrow ? OpCodes.Ldind_U4 : OpCodes.Ldind_I8);
            _il.Emit(OpCodes.Stloc, code.Variables[place.Locals[i]]);
        }
    }

    /// <summary>Keeps them.</summary>
    public void GiveTokens(ResumePlace place)
    {
        for (int i = 0; i < place.Locals.Count; i++)
        {
            bool isNarrow = Placement.IsNarrow(code.Placement.Locals[place.Locals[i]]);
            TokenAddress(i);
            _il.Emit(OpCodes.Ldloc, code.Variables[place.Locals[i]]);
            _il.Emit(isNarrow ? OpCodes.Stind_I4 : OpCodes.Stind_I8);
        }
    }

    /// <summary>Copies the stack between the frame of what is certain, where R10 points, and that of guesses below.</summary>
    public void CopyStack(bool down)
    {
        int bytes = plan.StackBytes;
        if (bytes == 0)
            return;
        Push(down ? bytes + CertainBytes : bytes);
        Push(down ? bytes : bytes + CertainBytes);
        _il.Emit(OpCodes.Ldc_I4, bytes);
        _il.Emit(OpCodes.Unaligned, (byte)1);
        _il.Emit(OpCodes.Cpblk);

        void Push(int below)
        {
            _il.Emit(OpCodes.Ldloc, code.Top);
            _il.Emit(OpCodes.Ldc_I8, (long)below);
            _il.Emit(OpCodes.Sub);
            _il.Emit(OpCodes.Conv_U);
        }
    }

    /// <summary>Goes on in the frame of guesses.</summary>
    public void EnterGuess()
    {
        if (plan.StackBytes == 0)
            return;
        _il.Emit(OpCodes.Ldloc, code.Top);
        _il.Emit(OpCodes.Ldc_I8, (long)CertainBytes);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, code.Top);
    }

    /// <summary>Pushes what the burst's stages have in common.</summary>
    public void LoadBurst(string field)
    {
        _il.Emit(OpCodes.Ldarg, JitMethods.StagedBurstArgument);
        _il.Emit(OpCodes.Ldfld, typeof(StagedBurst).GetField(field)!);
    }

    /// <summary>Pushes a field of the packet's record.</summary>
    public void LoadRecord(string field)
    {
        _il.Emit(OpCodes.Ldloc, _record);
        _il.Emit(OpCodes.Ldfld, Field(field));
    }

    /// <summary>Sets where the packet goes on in its turn.</summary>
    public void SetPlace(int number) => SetRecord(nameof(StagedPacket.Place), number);

    /// <summary>Sets where the next stage goes on.</summary>
    public void SetNext(int number) => SetRecord(nameof(StagedPacket.Next), number);

    /// <summary>Sets a field of the packet's record to a number.</summary>
    public void SetRecord(string field, int value)
    {
        _il.Emit(OpCodes.Ldloc, _record);
        _il.Emit(OpCodes.Ldc_I4, value);
        _il.Emit(OpCodes.Stfld, Field(field));
    }

    /// <summary>Sets a field of the packet's record to a variable.</summary>
    public void SetRecord(string field, LocalBuilder value)
    {
        _il.Emit(OpCodes.Ldloc, _record);
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Stfld, Field(field));
    }

    private void TokenAddress(int index)
    {
        _il.Emit(OpCodes.Ldloc, _tokens);
        _il.Emit(OpCodes.Ldc_I4, index * sizeof(ulong));
        _il.Emit(OpCodes.Add);
    }

    private static FieldInfo Field(string name) => typeof(StagedPacket).GetField(name)!;
}
