using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

internal sealed partial class CallChecker
{
    private const int LargestErrno = 4095; // MAX_ERRNO, include/linux/err.h

    private RegisterState ResultOf(HelperPrototype prototype, int slot)
    {
        RegisterState result = prototype.Returns switch
        {
            ReturnKind.Integer => RegisterState.UnknownScalar(),
            ReturnKind.Nothing => default,
            ReturnKind.MapValue => OfMap(RegisterKind.MapValue),
            ReturnKind.MapValueOrNull => FoundValue(prototype.Id),
            ReturnKind.SocketOrNull => RegisterState.Pointer(RegisterKind.Socket, RegisterFlags.MayBeNull),
            ReturnKind.SocketCommonOrNull => RegisterState.Pointer(RegisterKind.SocketCommon, RegisterFlags.MayBeNull),
            ReturnKind.TcpSocketOrNull => RegisterState.Pointer(RegisterKind.TcpSocket, RegisterFlags.MayBeNull),
            ReturnKind.RingMemoryOrNull => OfMemory(RegisterFlags.MayBeNull | RegisterFlags.RingBuffer),
            ReturnKind.DynptrMemoryOrNull => Slice(),
            ReturnKind.KernelObjectOrNull => RegisterState.Pointer(RegisterKind.BtfObject, RegisterFlags.MayBeNull),
            ReturnKind.TrustedObject => RegisterState.Pointer(RegisterKind.BtfObject, RegisterFlags.Trusted),
            ReturnKind.PerCpuMemory => RegisterState.Pointer(RegisterKind.BtfObject),
            ReturnKind.PerCpuMemoryOrNull => RegisterState.Pointer(RegisterKind.BtfObject, RegisterFlags.MayBeNull),
            _ => throw new InvalidOperationException($"{prototype.Id} returns an unknown kind"),
        };
        if (result.MayBeNull)
            result.Id = verifier.NewId();
        if (prototype.Returns == ReturnKind.Integer)
            Narrow(prototype.Id, ref result);
        bool acquires = prototype.Has(HelperMarks.Acquires)
            || (prototype.Id == HelperId.MapLookupElem && _facts.Map!.Type is MapType.SockMap or MapType.SockHash && prototype.Id == HelperId.MapLookupElem);
        if (acquires)
            result.Id = result.ReferenceId = verifier.AcquireReference(slot);
        else if (prototype.Has(HelperMarks.Casts) || prototype.Returns == ReturnKind.DynptrMemoryOrNull)
            result.ReferenceId = _facts.ReferenceId;
        return result;
    }

    private RegisterState FoundValue(HelperId id)
    {
        RegisterState value = OfMap(RegisterKind.MapValue);
        MapSpec map = _facts.Map!;
        // A constant key inside an array always finds its value.
        bool isThere = id == HelperId.MapLookupElem && map.Type is MapType.Array or MapType.PerCpuArray
            && id == HelperId.MapLookupElem && _facts.ConstantKey >= 0 && _facts.ConstantKey < map.MaxEntries;
        if (!isThere)
            value.Flags = RegisterFlags.MayBeNull;
        else if (map.SpecialFields.Exists(field => field.Kind == MapFieldKind.SpinLock))
            value.Id = verifier.NewId();
        return value;
    }

    private RegisterState OfMemory(RegisterFlags flags)
    {
        RegisterState memory = RegisterState.Pointer(RegisterKind.Memory, flags);
        memory.Detail = _facts.AllocationSize;
        return memory;
    }

    private RegisterState Slice()
    {
        RegisterState slice = OfMemory(RegisterFlags.MayBeNull);
        slice.SliceOf = _facts.DynptrId;
        return slice;
    }

    private void Narrow(HelperId id, ref RegisterState result)
    {
        switch (id)
        {
            case HelperId.GetStack or HelperId.GetTaskStack or HelperId.ProbeReadStr or HelperId.ProbeReadKernelStr or HelperId.ProbeReadUserStr:
                result.SMin = result.S32Min = -LargestErrno;
                result.SMax = (long)_facts.GreatestSize;
                result.S32Max = (int)_facts.GreatestSize;
                result.Synchronize();
                break;
            case HelperId.GetSmpProcessorId:
                int last = verifier.Options.Processors - 1;
                (result.UMin, result.UMax, result.SMin, result.SMax) = (0, (ulong)last, 0, last);
                (result.U32Min, result.U32Max, result.S32Min, result.S32Max) = (0, (uint)last, 0, last);
                result.Synchronize();
                break;
            default:
                break;
        }
    }
}
