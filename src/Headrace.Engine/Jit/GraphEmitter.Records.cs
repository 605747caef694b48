using System.Reflection;
using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <content>What a packet carries from one stage to the next: its record, its tokens and its stack.</content>
internal sealed unsafe partial class GraphEmitter
{
    private void Advance(LocalBuilder pointer, int bytes)
    {
        _il.Emit(OpCodes.Ldloc, pointer);
        _il.Emit(OpCodes.Ldc_I4, bytes);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, pointer);
    }

    // Jumps to the stub of the place that the record names; a label for each is given back.
    private Label[] Dispatch(string field, Label none)
    {
        Label[] stubs = [.. _plan!.Places.Select(_ => _il.DefineLabel())];
        LoadRecord(field);
        _il.Emit(OpCodes.Switch, [none, .. stubs]);
        _il.Emit(OpCodes.Br, none);
        return stubs;
    }

    private void LoadTokens(bool guess)
    {
        _il.Emit(OpCodes.Ldloc, _record!);
        _il.Emit(OpCodes.Ldc_I4, sizeof(StagedPacket) + (guess ? sizeof(ulong) * _plan!.Tokens : 0));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _tokens!);
    }

    private void TakeTokens(ResumePlace place)
    {
        for (int i = 0; i < place.Locals.Count; i++)
        {
            bool isNarrow = Placement.IsNarrow(_placement.Locals[place.Locals[i]]);
            TokenAddress(i);
            _il.Emit(isNarrow ? OpCodes.Ldind_U4 : OpCodes.Ldind_I8);
            _il.Emit(OpCodes.Stloc, _variables[place.Locals[i]]);
        }
    }

    private void GiveTokens(ResumePlace place)
    {
        for (int i = 0; i < place.Locals.Count; i++)
        {
            bool isNarrow = Placement.IsNarrow(_placement.Locals[place.Locals[i]]);
            TokenAddress(i);
            _il.Emit(OpCodes.Ldloc, _variables[place.Locals[i]]);
            _il.Emit(isNarrow ? OpCodes.Stind_I4 : OpCodes.Stind_I8);
        }
    }

    private void TokenAddress(int index)
    {
        _il.Emit(OpCodes.Ldloc, _tokens!);
        _il.Emit(OpCodes.Ldc_I4, index * sizeof(ulong));
        _il.Emit(OpCodes.Add);
    }

    // In whichever frame the stage works: the token may have been made in the other one.
    private void PushStackAddress(PointerFacts place)
    {
        _il.Emit(OpCodes.Ldloc, _top);
        _il.Emit(OpCodes.Ldc_I8, place.Offset!.Value - place.Index * Machine.MaxStack);
        _il.Emit(OpCodes.Add);
    }

    // Between the frame of what is certain, where R10 points, and that of guesses below.
    private void CopyStack(bool down)
    {
        int bytes = _plan!.StackBytes;
        if (bytes == 0)
            return;
        Push(down ? bytes + CertainBytes : bytes);
        Push(down ? bytes : bytes + CertainBytes);
        _il.Emit(OpCodes.Ldc_I4, bytes);
        _il.Emit(OpCodes.Unaligned, (byte)1);
        _il.Emit(OpCodes.Cpblk);

        void Push(int below)
        {
            _il.Emit(OpCodes.Ldloc, _top);
            _il.Emit(OpCodes.Ldc_I8, (long)below);
            _il.Emit(OpCodes.Sub);
            _il.Emit(OpCodes.Conv_U);
        }
    }

    private void MoveTop(bool down)
    {
        if (_plan!.StackBytes == 0)
            return;
        _il.Emit(OpCodes.Ldloc, _top);
        _il.Emit(OpCodes.Ldc_I8, (long)CertainBytes);
        _il.Emit(down ? OpCodes.Sub : OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _top);
    }

    private void LoadBurst(string field)
    {
        _il.Emit(OpCodes.Ldarg, BurstArgument);
        _il.Emit(OpCodes.Ldfld, typeof(StagedBurst).GetField(field)!);
    }

    private void LoadRecord(string field)
    {
        _il.Emit(OpCodes.Ldloc, _record!);
        _il.Emit(OpCodes.Ldfld, Field(field));
    }

    private void SetPlace(int number) => SetRecord(nameof(StagedPacket.Place), number);

    private void SetNext(int number) => SetRecord(nameof(StagedPacket.Next), number);

    private void SetRecord(string field, int value)
    {
        _il.Emit(OpCodes.Ldloc, _record!);
        _il.Emit(OpCodes.Ldc_I4, value);
        _il.Emit(OpCodes.Stfld, Field(field));
    }

    private static FieldInfo Field(string name) => typeof(StagedPacket).GetField(name)!;
}
