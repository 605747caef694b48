using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

internal sealed partial class FactTransfer
{
    private MapSpec? MapOf(FactState state, HelperId id)
    {
        int argument = HelperTraits.MapArgument(id, program.Type);
        return argument > 0 ? state.Registers[argument].Map : null;
    }

    private int CallbackOf(FactState state, HelperId id)
    {
        if (!HelperTraits.CallsBack(id) && !HelperTraits.CallsBackLater(id))
            return -1;
        ref RegisterState function = ref state[Register.R2];
        return function.Kind == RegisterKind.Function ? function.Detail : -1;
    }

    private void CallBack(FactState state, HelperId id, FunctionSummary own)
    {
        bool isLater = HelperTraits.CallsBackLater(id);
        if (!isLater && !HelperTraits.CallsBack(id))
            return;
        int known = CallbackOf(state, id);
        for (int callee = known >= 0 ? known : 1; callee < (known >= 0 ? known + 1 : flow.Count); callee++)
        {
            FactState entry = FactState.Entry();
            PrepareCallback(state, entry, id);
            Enters(callee, entry);
            if (!isLater)
                AddEffects(state, summaries[callee], own);
        }
    }

    // long callback(u64 index, void *context); long callback(map, key, value, void *context); int callback(map, key, value);
    // long callback(const struct bpf_dynptr *, void *context)
    private void PrepareCallback(FactState caller, FactState entry, HelperId id)
    {
        switch (id)
        {
            case HelperId.Loop:
                ref RegisterState rounds = ref caller[Register.R1];
                RegisterState index = RegisterState.UnknownScalar();
                index.UMax = rounds.Kind == RegisterKind.Scalar && rounds.UMax is > 0 and < MaxRounds ? rounds.UMax - 1 : MaxRounds - 1;
                index.Synchronize();
                entry[Register.R1] = index;
                entry[Register.R2] = Lowered(caller[Register.R3]);
                break;
            case HelperId.ForEachMapElem or HelperId.TimerSetCallback:
                MapSpec? map = caller[Register.R1].Map;
                RegisterKind[] kinds = [RegisterKind.Map, RegisterKind.MapKey, RegisterKind.MapValue];
                for (int i = 0; i < kinds.Length; i++)
                {
                    entry.Registers[i + 1] = RegisterState.Pointer(kinds[i]);
                    entry.Registers[i + 1].Map = map;
                }
                if (id == HelperId.ForEachMapElem)
                    entry[Register.R4] = Lowered(caller[Register.R3]);
                break;
            default:
                break;
        }
    }

    private const ulong MaxRounds = 1 << 23; // BPF_MAX_LOOPS, include/linux/bpf.h

    private RegisterState ResultOf(FactState state, HelperPrototype prototype)
    {
        const RegisterFlags Nullable = RegisterFlags.MayBeNull;
        switch (prototype.Returns)
        {
            case ReturnKind.Integer:
                return RegisterState.UnknownScalar();
            case ReturnKind.MapValue or ReturnKind.MapValueOrNull:
                return FoundValue(state, prototype);
            case ReturnKind.SocketOrNull:
                return RegisterState.Pointer(RegisterKind.Socket, Nullable);
            case ReturnKind.SocketCommonOrNull:
                return RegisterState.Pointer(RegisterKind.SocketCommon, Nullable);
            case ReturnKind.TcpSocketOrNull:
                return RegisterState.Pointer(RegisterKind.TcpSocket, Nullable);
            case ReturnKind.RingMemoryOrNull or ReturnKind.DynptrMemoryOrNull:
                bool isRing = prototype.Returns == ReturnKind.RingMemoryOrNull;
                RegisterState memory = RegisterState.Pointer(RegisterKind.Memory, Nullable | (isRing ? RegisterFlags.RingBuffer : 0));
                int size = System.Array.FindIndex(prototype.Arguments, argument => argument.Kind == ArgumentKind.AllocationSize) + 1;
                memory.Detail = size > 0 && state.Registers[size].IsConstant ? (int)state.Registers[size].UMin : 0;
                return memory;
            default:
                return default;
        }
    }

    private RegisterState FoundValue(FactState state, HelperPrototype prototype)
    {
        MapSpec? map = MapOf(state, prototype.Id);
        if (map is null)
            return default;
        RegisterKind kind = map.InnerMap is not null ? RegisterKind.Map
            : map.Type == MapType.XskMap ? RegisterKind.XdpSocket
            : map.Type is MapType.SockMap or MapType.SockHash ? RegisterKind.Socket
            : RegisterKind.MapValue;
        RegisterState value = RegisterState.Pointer(kind, IsThere(state, prototype, map) ? RegisterFlags.None : RegisterFlags.MayBeNull);
        value.Map = kind == RegisterKind.Map ? map.InnerMap : kind == RegisterKind.MapValue ? map : null;
        return value;
    }

    // A constant key inside an array always finds its value.
    private static bool IsThere(FactState state, HelperPrototype prototype, MapSpec map)
    {
        if (prototype.Returns == ReturnKind.MapValue)
            return true;
        if (prototype.Id != HelperId.MapLookupElem || map.Type is not (MapType.Array or MapType.PerCpuArray) || map.InnerMap is not null)
            return false;
        ref RegisterState key = ref state[Register.R2];
        return key is { Kind: RegisterKind.Stack, FrameNumber: 0, Var.IsConst: true }
            && state.ReadStack((int)(long)key.Var.Value, (int)map.KeySize) is { Kind: RegisterKind.Scalar } number && number.UMax < map.MaxEntries;
    }
}
