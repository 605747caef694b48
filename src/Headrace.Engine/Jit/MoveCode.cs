using System.Reflection.Emit;
using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes moves of an end of the packet by a constant, as <see cref="XdpHelpers"/> does them, for the case that there is room and nothing to move along.</summary>
/// <remarks>Frames keep their pointers in order: bounds that follow from that are not asked about.</remarks>
/// <param name="code">The function.</param>
internal sealed unsafe class MoveCode(FunctionCode code)
{
    // A longer tail is cleared as well by the helper.
    private const int LargestCleared = 256;

    private readonly ILGenerator _il = code.Il;

    /// <summary>True for a helper that is written in place.</summary>
    public static bool Takes(Actor helper) => helper.Helper != HelperId.XdpAdjustTail || (int)helper.Inputs[1].Immediate <= LargestCleared;

    /// <summary>Writes a helper and pushes its answer, 64 bits.</summary>
    /// <param name="helper">The helper.</param>
    /// <param name="pushAnswer">Writes the call that is made where the move is not as simple, and pushes its answer.</param>
    public void Move(Actor helper, Action pushAnswer)
    {
        int delta = (int)helper.Inputs[1].Immediate;
        LocalBuilder moved = _il.DeclareLocal(typeof(byte*));
        LocalBuilder result = _il.DeclareLocal(typeof(ulong));
        Label done = _il.DefineLabel();
        Label call = code.Rare(() =>
        {
            pushAnswer();
            _il.Emit(OpCodes.Stloc, result);
            _il.Emit(OpCodes.Br, done);
        });
        switch (helper.Helper)
        {
            case HelperId.XdpAdjustHead:
                // Metadata would have to move along.
                code.Machine.LoadField(code.Frame, nameof(Frame.Meta));
                code.Machine.LoadField(code.Frame, nameof(Frame.Data));
                _il.Emit(OpCodes.Bne_Un, call);
                Moved(nameof(Frame.Data));
                IfBeyond(OpCodes.Blt_Un, nameof(Frame.HardStart), XdpHelpers.FrameHeaderSize);
                if (delta > -XdpHelpers.EthernetHeader)
                    IfBeyond(OpCodes.Bgt_Un, nameof(Frame.End), -XdpHelpers.EthernetHeader);
                Set(nameof(Frame.Meta));
                Set(nameof(Frame.Data));
                break;
            case HelperId.XdpAdjustTail:
                Moved(nameof(Frame.End));
                if (delta < XdpHelpers.EthernetHeader)
                    IfBeyond(OpCodes.Blt_Un, nameof(Frame.Data), XdpHelpers.EthernetHeader);
                if (delta > 0)
                {
                    IfBeyond(OpCodes.Bgt_Un, nameof(Frame.HardEnd), 0);
                    code.Machine.LoadField(code.Frame, nameof(Frame.End));
                    _il.Emit(OpCodes.Ldc_I4_0);
                    _il.Emit(OpCodes.Ldc_I4, delta);
                    _il.Emit(OpCodes.Unaligned, (byte)1);
                    _il.Emit(OpCodes.Initblk);
                }
                Set(nameof(Frame.End));
                break;
            default:
                Moved(nameof(Frame.Meta));
                IfBeyond(OpCodes.Blt_Un, nameof(Frame.HardStart), XdpHelpers.FrameHeaderSize);
                // No less than nothing, not more than fits, and whole words.
                code.Machine.LoadField(code.Frame, nameof(Frame.Data));
                _il.Emit(OpCodes.Ldloc, moved);
                _il.Emit(OpCodes.Sub);
                _il.Emit(OpCodes.Ldc_I4, ~(XdpHelpers.LargestMetadata & ~3));
                _il.Emit(OpCodes.Conv_I);
                _il.Emit(OpCodes.And);
                _il.Emit(OpCodes.Brtrue, call);
                Set(nameof(Frame.Meta));
                break;
        }
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Stloc, result);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, result);

        void Moved(string field)
        {
            code.Machine.LoadField(code.Frame, field);
            Add(delta);
            _il.Emit(OpCodes.Stloc, moved);
        }

        void IfBeyond(OpCode jump, string field, int displacement)
        {
            _il.Emit(OpCodes.Ldloc, moved);
            code.Machine.LoadField(code.Frame, field);
            Add(displacement);
            _il.Emit(jump, call);
        }

        void Add(int bytes)
        {
            _il.Emit(OpCodes.Ldc_I4, bytes);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Add);
        }

        void Set(string field)
        {
            _il.Emit(OpCodes.Ldloc, code.Frame);
            _il.Emit(OpCodes.Ldloc, moved);
            _il.Emit(OpCodes.Stfld, JitMethods.FrameField(field));
        }
    }
}
