using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes what a run keeps while a function works: packet and program at hand, budget, open frames, where it stands.</summary>
/// <param name="code">The function.</param>
internal sealed unsafe class RunCode(FunctionCode code)
{
    private readonly ILGenerator _il = code.Il;

    /// <summary>What a run starts with; see <see cref="Machine.Begin"/>, of which this does only what the program can notice.</summary>
    public void Start()
    {
        if (code.Needs.Begin)
            code.Machine.Begin(code.Frame);
        if (code.Needs.Machine)
            TakePacket();
        code.Machine.StartBudget();
        ResetLoops();
    }

    /// <summary>Lets the machine know which packet the program runs on.</summary>
    public void TakePacket() => code.Machine.TakePacket(code.Frame, code.Root.Plan is { StackBytes: > 0 } ? code.Top : null);

    /// <summary>Lets the machine know which program runs, for what looks at it.</summary>
    public void TakeProgram() => code.Machine.TakeProgram(code.Self);

    /// <summary>Ends what <see cref="TakeProgram"/> began.</summary>
    public void ReturnProgram() => code.Machine.ReturnProgram(code.Self);

    /// <summary>Gives may_goto its rounds.</summary>
    public void ResetLoops()
    {
        if (code.Loops is null)
            return;
        _il.Emit(OpCodes.Ldc_I4, (int)Machine.MaxLoops);
        _il.Emit(OpCodes.Stloc, code.Loops);
    }

    /// <summary>Takes a round; pushes 1 once the rounds of may_goto are used up (Linux 6.9: include/uapi/linux/bpf.h, BPF_JCOND).</summary>
    public void TakeLoop()
    {
        LocalBuilder result = _il.DeclareLocal(typeof(uint));
        Label left = _il.DefineLabel();
        Label done = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, code.Loops!);
        _il.Emit(OpCodes.Brtrue, left);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Stloc, result);
        _il.Emit(OpCodes.Br, done);
        _il.MarkLabel(left);
        _il.Emit(OpCodes.Ldloc, code.Loops!);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, code.Loops!);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Stloc, result);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, result);
    }

    /// <summary>Takes so many instructions from the run's budget and stops the program when there are not as many.</summary>
    public void Spend(Actor actor, int instructions)
    {
        if (code.Budget is not null)
            code.Machine.Spend(instructions, code.IsAhead ? code.Next : code.Rare(() => code.Throw(actor, JitMethods.EndlessFault)));
    }

    /// <summary>Tells the machine which instruction runs and in which frame, before anything that may fault or look.</summary>
    /// <remarks>Right before the call: accesses among the arguments have places of their own.</remarks>
    public void NotePlace(Actor actor)
    {
        _il.Emit(OpCodes.Ldloc, code.State);
        _il.Emit(OpCodes.Ldc_I4, actor.Slot);
        _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.Pc)));
        if (code.Function.Frames == 1)
            return;
        SetDepth(actor.Frame);
        CheckDepth(actor);
    }

    /// <summary>Opens the frame of a function that is called.</summary>
    public void OpenFrame(Actor call)
    {
        if (code.Function.Frames > 1)
            SetDepth(call.Frame + 1);
        else
            AddDepth(OpCodes.Add);
        CheckDepth(call);
    }

    /// <summary>Closes it again.</summary>
    public void CloseFrame(Actor call)
    {
        if (code.Function.Frames > 1)
            SetDepth(call.Frame);
        else
            AddDepth(OpCodes.Sub);
    }

    /// <summary>Ends the function, or the packet's run.</summary>
    /// <param name="result">Pushes R0.</param>
    public void Return(Action result)
    {
        if (code.Function.Frames > 1)
            SetDepth(0);
        if (code.IsBurst)
        {
            _il.Emit(OpCodes.Ldloc, code.Frame);
            result();
            _il.Emit(OpCodes.Conv_U4);
            _il.Emit(OpCodes.Stfld, JitMethods.FrameField(nameof(Frame.Verdict)));
            if (code.HidesProgram)
                ReturnProgram();
            _il.Emit(OpCodes.Br, code.Next);
            return;
        }
        result();
        code.Machine.SaveBudget();
        _il.Emit(OpCodes.Ret);
    }

    /// <summary>Sets the number of open frames: those of this function and of functions inlined into it.</summary>
    private void SetDepth(int frame)
    {
        _il.Emit(OpCodes.Ldloc, code.State);
        if (code.Depth is not null)
        {
            _il.Emit(OpCodes.Ldloc, code.Depth);
            _il.Emit(OpCodes.Ldc_I4, frame);
            _il.Emit(OpCodes.Add);
        }
        else if (code.IsBurst)
        {
            _il.Emit(OpCodes.Ldc_I4, frame);
        }
        _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.CallDepth)));
    }

    private void AddDepth(OpCode addOrSubtract)
    {
        _il.Emit(OpCodes.Ldloc, code.State);
        code.Machine.LoadField(code.State, nameof(MachineState.CallDepth));
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(addOrSubtract);
        _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.CallDepth)));
    }

    // The verifier counts frames; without its word each is counted here, also those of functions that were inlined.
    private void CheckDepth(Actor actor)
    {
        if (code.Trusts)
            return;
        code.Machine.LoadField(code.State, nameof(MachineState.CallDepth));
        _il.Emit(OpCodes.Ldc_I4, Machine.MaxCallDepth);
        _il.Emit(OpCodes.Bge, code.Rare(() => code.Throw(actor, JitMethods.DepthFault)));
    }
}
