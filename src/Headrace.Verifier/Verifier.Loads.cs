using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private void CheckWideLoad(Instruction instruction)
    {
        CheckWritable(instruction.Dst);
        ref RegisterState dst = ref this[instruction.Dst];
        int index = instruction.Imm32;
        switch (instruction.WideLoadKind)
        {
            case WideLoadKind.Constant:
                dst.BecomeConstant((ulong)instruction.Immediate);
                return;
            case WideLoadKind.Function:
                int subprogram = _flow.Find(Slot + 1 + index);
                if (Types is null || Program.Functions.All(function => function.TypeId == 0))
                    throw Reject("missing btf func_info");
                if (IsGlobal(subprogram))
                    throw Reject("callback function not static");
                dst = RegisterState.Pointer(RegisterKind.Function);
                dst.Detail = subprogram;
                return;
            case WideLoadKind.MapIndex or WideLoadKind.MapValueIndex:
                if (index < 0 || index >= Maps.Count)
                    throw Reject($"fd_idx without fd_array is invalid", VerifierErrno.Invalid);
                break;
            default:
                throw Reject("unrecognized bpf_ld_imm64 insn");
        }
        MapSpec map = Maps[index];
        if (instruction.WideLoadKind == WideLoadKind.MapIndex)
        {
            dst = RegisterState.Pointer(RegisterKind.Map);
            dst.Map = map;
            return;
        }
        uint offset = (uint)(instruction.Immediate >> 32);
        if (map.Type is not MapType.Array || map.MaxEntries != 1)
            throw Reject($"invalid access to map value pointer, value_size={map.ValueSize} off={offset}");
        if (offset >= map.ValueSize)
            throw Reject($"invalid access to map value pointer, value_size={map.ValueSize} off={offset}");
        dst = RegisterState.Pointer(RegisterKind.MapValue);
        dst.Map = map;
        dst.Offset = (int)offset;
        if (map.SpecialFields.Any(field => field.Kind == MapFieldKind.SpinLock))
            dst.Id = NewId();
    }

    // The classic BPF way to read the packet: R6 must be the context, the value comes in R0 in the machine's order.
    private void CheckLegacyLoad(Instruction instruction)
    {
        if (Program.Type is not (ProgramType.SocketFilter or ProgramType.SchedCls or ProgramType.SchedAct))
            throw Reject("BPF_LD_[ABS|IND] instructions not allowed for this program type");
        CheckRead(Register.R6);
        CheckLeaks("BPF_LD_[ABS|IND]");
        if (this[Register.R6].Kind != RegisterKind.Context)
            throw Reject("at the time of BPF_LD_ABS|IND R6 != pointer to skb");
        if (instruction.Opcode.Mode == AccessMode.Ind)
            CheckRead(instruction.Src);
        CheckPointerOffset(Register.R6, this[Register.R6], fixedAllowed: false);
        ForgetCallerSaved();
        this[Register.R0].BecomeUnknown();
    }
}
