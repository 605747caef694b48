using System.Reflection.Emit;

namespace Headrace.Engine.Jit;

/// <summary>Writes what compiled code does with the machine it runs in. The machine is the second argument.</summary>
/// <param name="il">Where to write.</param>
/// <param name="state">The local that holds the machine's native part.</param>
/// <param name="budget">The local that holds what is left of the run's budget; null when nothing spends of it.</param>
internal sealed unsafe class MachineCode(ILGenerator il, LocalBuilder state, LocalBuilder? budget)
{
    /// <summary>Pushes a field of the machine's state or of a frame.</summary>
    public void LoadField(LocalBuilder structure, string field)
    {
        il.Emit(OpCodes.Ldloc, structure);
        il.Emit(OpCodes.Ldfld, structure.LocalType == typeof(Frame*) ? JitMethods.FrameField(field) : JitMethods.StateField(field));
    }

    /// <summary>Fetches the machine's native part.</summary>
    public void LoadState()
    {
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Call, JitMethods.State);
        il.Emit(OpCodes.Stloc, state);
    }

    /// <summary>Makes the machine ready for a run that finds nothing of the one before.</summary>
    public void Begin(LocalBuilder frame)
    {
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldloc, frame);
        il.Emit(OpCodes.Call, JitMethods.Begin);
    }

    /// <summary>Lets the machine know which packet the program runs on, for what looks at it: of <see cref="Begin"/> only what can be noticed.</summary>
    /// <param name="frame">The packet's frame.</param>
    /// <param name="top">The local that holds the end of the stack, where packets have their own; null where it is the machine's.</param>
    public void TakePacket(LocalBuilder frame, LocalBuilder? top)
    {
        il.Emit(OpCodes.Ldloc, state);
        il.Emit(OpCodes.Ldloc, frame);
        il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.Frame)));
        il.Emit(OpCodes.Ldloc, state);
        il.Emit(OpCodes.Ldc_I8, 0L);
        il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.HelperBytes)));
        if (top is null)
            return;
        il.Emit(OpCodes.Ldloc, state);
        il.Emit(OpCodes.Ldloc, top);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.StackTop)));
    }

    /// <summary>Gives a run its budget.</summary>
    public void StartBudget()
    {
        if (budget is null)
            return;
        PushWholeBudget();
        il.Emit(OpCodes.Stloc, budget);
    }

    /// <summary>Gives the machine the budget of a run that spends nothing of it, before something else does.</summary>
    public void GiveBudget()
    {
        if (budget is not null)
            return;
        il.Emit(OpCodes.Ldloc, state);
        PushWholeBudget();
        il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.Budget)));
    }

    /// <summary>Takes so many instructions from the run's budget, which must be kept, and goes to the label when there are not as many.</summary>
    public void Spend(int instructions, Label endless)
    {
        il.Emit(OpCodes.Ldloc, budget!);
        il.Emit(OpCodes.Ldc_I4, instructions);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Dup);
        il.Emit(OpCodes.Stloc, budget!);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Blt, endless);
    }

    /// <summary>Gives the budget back to the machine, before something else spends of it.</summary>
    public void SaveBudget()
    {
        if (budget is null)
            return;
        il.Emit(OpCodes.Ldloc, state);
        il.Emit(OpCodes.Ldloc, budget);
        il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.Budget)));
    }

    /// <summary>Takes it over again.</summary>
    public void LoadBudget()
    {
        if (budget is null)
            return;
        LoadField(state, nameof(MachineState.Budget));
        il.Emit(OpCodes.Stloc, budget);
    }

    /// <summary>Pushes the address of a field of the context.</summary>
    /// <param name="frame">The packet's frame.</param>
    /// <param name="access">The field.</param>
    /// <param name="missing">Where to go when the frame has no socket buffer; asked for only where one is needed.</param>
    public void ContextAddress(LocalBuilder frame, ContextAccess access, Func<Label> missing)
    {
        if (access.Source == ContextSource.Skb)
        {
            LoadField(frame, nameof(Frame.Skb));
            il.Emit(OpCodes.Brfalse, missing());
            LoadField(frame, nameof(Frame.Skb));
        }
        else
        {
            il.Emit(OpCodes.Ldloc, frame);
        }
        il.Emit(OpCodes.Ldc_I4, access.Offset);
        il.Emit(OpCodes.Add);
    }

    /// <summary>Fetches the program at a place of a program array into a local; goes to the label when it is not the one expected.</summary>
    public void Target(MapCode maps, int array, uint index, int expected, LocalBuilder found, Label other)
    {
        maps.Load(array);
        il.Emit(OpCodes.Call, JitMethods.Programs);
        il.Emit(OpCodes.Ldc_I4, (int)index);
        il.Emit(OpCodes.Ldelem_Ref);
        il.Emit(OpCodes.Stloc, found);
        il.Emit(OpCodes.Ldloc, found);
        il.Emit(OpCodes.Brfalse, other);
        il.Emit(OpCodes.Ldloc, found);
        il.Emit(OpCodes.Call, JitMethods.ProgramId);
        il.Emit(OpCodes.Ldc_I4, expected);
        il.Emit(OpCodes.Bne_Un, other);
    }

    /// <summary>Lets the machine know which program runs, for what looks at it (faults, helpers).</summary>
    /// <param name="program">The local that holds an inlined program; null for the method's own, which the machine knows.</param>
    public void TakeProgram(LocalBuilder? program)
    {
        if (program is null)
            return;
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldloc, program);
        il.Emit(OpCodes.Call, JitMethods.SetProgram);
    }

    /// <summary>Ends what <see cref="TakeProgram"/> began.</summary>
    public void ReturnProgram(LocalBuilder? program)
    {
        if (program is null)
            return;
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Call, JitMethods.OwnProgram);
    }

    private void PushWholeBudget()
    {
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Call, JitMethods.Budget);
    }
}
