using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes a function of a graph as the IL of one dynamic method: control becomes jumps, tokens become expressions and locals.</summary>
/// <remarks>
/// Blocks are written in their order, so that the common way falls through; merges are copies on the ways into their block. In a verified program
/// accesses go straight to memory; what neither the graph nor the verifier can place is asked of the machine, as everything is in programs
/// that no verifier has seen. <see cref="FunctionCode"/> is what the writers of the parts share, <see cref="BlockCode"/> puts them together.
/// </remarks>
internal static unsafe class GraphEmitter
{
    /// <summary>Writes a program in its burst form, <see cref="JitMethods.BurstParameters"/>.</summary>
    public static void EmitBurst(CompiledProgram owner, ILGenerator il)
    {
        var code = new FunctionCode(owner, owner.Graph.Main, il, isBurst: true);
        var blocks = new BlockCode(code);
        new BurstLoop(code).Write(
            first: () =>
            {
                code.Machine.LoadField(code.State, nameof(MachineState.StackTop));
                il.Emit(OpCodes.Conv_U8);
                il.Emit(OpCodes.Stloc, code.Top);
                code.Constants = new RepeatedConstants(il, code.Function, code.Program.MapArray, code.Machine, code.State);
                blocks.Counters.Start();
            },
            each: () =>
            {
                code.Run.Start();
                blocks.Write();
            });
        blocks.Counters.Finish();
        il.Emit(OpCodes.Ret);
        code.WriteRare();
    }

    /// <summary>Writes a function in the form of one call, <see cref="JitMethods.FunctionParameters"/> or <see cref="JitMethods.EntryParameters"/>, on the machine's stack and packet.</summary>
    public static void EmitFunction(CompiledProgram owner, GraphFunction function, ILGenerator il)
    {
        var code = new FunctionCode(owner, function, il, isBurst: false);
        MachineCode machine = code.Machine;
        machine.LoadState();
        Label found = il.DefineLabel();
        machine.LoadField(code.State, nameof(MachineState.Frame));
        il.Emit(OpCodes.Stloc, code.Frame);
        il.Emit(OpCodes.Ldloc, code.Frame);
        il.Emit(OpCodes.Brtrue, found);
        // Timers call functions where there is no packet.
        machine.LoadField(code.State, nameof(MachineState.NoPacket));
        il.Emit(OpCodes.Stloc, code.Frame);
        il.MarkLabel(found);
        machine.LoadField(code.State, nameof(MachineState.StackTop));
        machine.LoadField(code.State, nameof(MachineState.CallDepth));
        il.Emit(OpCodes.Ldc_I4, Machine.MaxStack);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Conv_U8);
        il.Emit(OpCodes.Stloc, code.Top);
        if (code.Depth is not null)
        {
            machine.LoadField(code.State, nameof(MachineState.CallDepth));
            il.Emit(OpCodes.Stloc, code.Depth);
        }
        machine.LoadBudget();
        code.Run.ResetLoops();
        new BlockCode(code).Write();
        code.WriteRare();
    }

    /// <summary>Writes a program's stages; null when there is nothing to stage.</summary>
    /// <param name="owner">The program.</param>
    /// <param name="ahead">Where to write the stage ahead.</param>
    /// <param name="last">Where to write the last stage.</param>
    /// <returns>The look-ups that packets may wait at, the bytes of a record and of a packet's stack.</returns>
    public static (StagedSite[] Sites, int RecordBytes, int StackStride)? EmitStages(CompiledProgram owner, ILGenerator ahead, ILGenerator last)
    {
        var first = new FunctionCode(owner, owner.Graph.Main, ahead, isBurst: true, isAhead: true);
        var blocks = new BlockCode(first);
        if (StagePlan.Of(owner.Program, first.Placement, blocks.Tokens.Accesses.IsDirect) is not { } plan)
            return null;
        first.Plan = plan;
        var records = new PacketRecords(first, plan);
        new AheadStage(first, blocks, plan, records).Write();
        var second = new FunctionCode(owner, owner.Graph.Main, last, isBurst: true) { Plan = plan };
        new LastStage(second, new BlockCode(second), plan, new PacketRecords(second, plan)).Write();
        return ([.. plan.Sites], records.Bytes, records.StackStride);
    }
}
