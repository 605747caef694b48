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
        }
        MapSpec map = Maps[index];
        if (instruction.WideLoadKind == WideLoadKind.MapIndex)
        {
            dst = RegisterState.Pointer(RegisterKind.Map);
            dst.Map = map;
            return;
        }
        uint offset = (uint)(instruction.Immediate >> 32);
        dst = RegisterState.Pointer(RegisterKind.MapValue);
        dst.Map = map;
        dst.Offset = (int)offset;
        if (map.SpecialFields.Any(field => field.Kind == MapFieldKind.SpinLock))
            dst.Id = NewId();
    }

    // What a wide load refers to is looked up before any path is walked.
    private void CheckWideLoadForm(Instruction instruction)
    {
        uint high = (uint)(instruction.Immediate >> 32);
        switch (instruction.WideLoadKind)
        {
            case WideLoadKind.Constant or WideLoadKind.Function:
                return;
            case WideLoadKind.BtfId:
                throw Reject($"pseudo btf_id {instruction.Imm32} in ldimm64 isn't KIND_VAR or KIND_FUNC");
            case WideLoadKind.MapFd or WideLoadKind.MapIndex when high != 0:
                throw Reject("unrecognized bpf_ld_imm64 insn");
            case WideLoadKind.MapFd or WideLoadKind.MapValueFd:
                throw Reject($"fd {instruction.Imm32} is not pointing to valid bpf_map");
            case WideLoadKind.MapIndex or WideLoadKind.MapValueIndex:
                break;
            default:
                throw Reject("unrecognized bpf_ld_imm64 insn");
        }
        int index = instruction.Imm32;
        if (index < 0 || index >= Maps.Count)
            throw Reject($"fd_idx {index} is not pointing to valid bpf_map");
        MapSpec map = Maps[index];
        if (MapFunctionRules.WhyNotIn(Program, map) is { } reason)
            throw Reject(reason);
        if (instruction.WideLoadKind == WideLoadKind.MapIndex)
            return;
        if (high >= MaxVariableOffset)
            throw Reject($"direct value offset of {high} is not allowed");
        if (map.Type != MapType.Array)
            throw Reject("no direct value access support for this map type");
        if (map.MaxEntries != 1 || high >= map.ValueSize)
            throw Reject($"invalid access to map value pointer, value_size={map.ValueSize} off={high}");
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
        // Behind the end of the packet it ends the function, with 0 as the result.
        if (State.CurrentFrame == 0)
            return;
        PushPath(Slot + 1);
        this[Register.R0].BecomeConstant(0);
        Return();
    }
}
