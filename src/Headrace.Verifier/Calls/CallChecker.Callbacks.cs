using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class CallChecker
{
    private static readonly ReturnRange s_zero = new(0, 0);
    private static readonly ReturnRange s_zeroOrOne = new(0, 1);

    private void CheckCallback(HelperId id)
    {
        switch (id)
        {
            case HelperId.Loop:
                if (verifier[Register.R1].Kind != RegisterKind.Scalar)
                    throw verifier.Reject($"R1 type={verifier[Register.R1].KindName} expected=scalar", VerifierErrno.Access);
                verifier.MarkPrecise(Register.R1);
                if ((ulong)verifier.Frame.CallbackDepth < verifier[Register.R1].UMax)
                    verifier.PushCallback(_facts.Subprogram, isAsync: false, s_zeroOrOne, PrepareLoop);
                else
                    verifier.Frame.CallbackDepth = 0;
                break;
            case HelperId.ForEachMapElem:
                if (!MapFunctionRules.IsWalkable(_facts.Map!.Type))
                    throw verifier.Reject("callback function not allowed for map", VerifierErrno.NotSupported);
                verifier.PushCallback(_facts.Subprogram, isAsync: false, s_zeroOrOne, PrepareElement);
                break;
            case HelperId.TimerSetCallback:
                verifier.PushCallback(_facts.Subprogram, isAsync: true, s_zero, PrepareTimer);
                break;
            case HelperId.UserRingbufDrain:
                verifier.PushCallback(_facts.Subprogram, isAsync: false, s_zeroOrOne, PrepareSample);
                break;
            default:
                break;
        }
    }

    // long callback(u64 index, void *context)
    private static void PrepareLoop(FunctionState caller, FunctionState callee)
    {
        callee[Register.R1] = RegisterState.UnknownScalar();
        callee[Register.R2] = caller[Register.R3];
        Clear(callee, from: 3);
    }

    // long callback(struct bpf_map *map, const void *key, void *value, void *context)
    private void PrepareElement(FunctionState caller, FunctionState callee)
    {
        PrepareMapArguments(callee);
        callee[Register.R4] = caller[Register.R3];
        Clear(callee, from: 5);
    }

    // int callback(struct bpf_map *map, void *key, void *value)
    private void PrepareTimer(FunctionState caller, FunctionState callee)
    {
        PrepareMapArguments(callee);
        Clear(callee, from: 4);
    }

    // long callback(const struct bpf_dynptr *dynptr, void *context)
    private void PrepareSample(FunctionState caller, FunctionState callee)
    {
        ref RegisterState dynptr = ref callee[Register.R1];
        dynptr = RegisterState.Pointer(RegisterKind.Dynptr);
        dynptr.DynptrKind = DynptrKind.Local;
        dynptr.DynptrFirst = true;
        dynptr.Id = verifier.NewId();
        callee[Register.R2] = caller[Register.R3];
        Clear(callee, from: 3);
    }

    private void PrepareMapArguments(FunctionState callee)
    {
        callee[Register.R1] = OfMap(RegisterKind.Map);
        callee[Register.R2] = OfMap(RegisterKind.MapKey);
        callee[Register.R3] = OfMap(RegisterKind.MapValue);
    }

    private RegisterState OfMap(RegisterKind kind)
    {
        RegisterState state = RegisterState.Pointer(kind);
        state.Map = _facts.Map;
        state.MapUid = _facts.MapUid;
        return state;
    }

    private static void Clear(FunctionState callee, int from)
    {
        for (int i = from; i <= 5; i++)
            callee.Registers[i] = default;
    }
}
