using System.Reflection.Emit;
using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class GraphEmitter
{
    /// <summary>How an access is carried out.</summary>
    private enum Way
    {
        /// <summary>The machine checks and does it.</summary>
        Checked,

        /// <summary>At its address: it is proved to be good.</summary>
        Raw,

        /// <summary>At the field of the frame that stands for a field of the context.</summary>
        Context,
    }

    private Way WayOf(Actor access, int input, out ContextAccess field)
    {
        field = default;
        if (!_trusts)
            return Way.Checked;
        AccessPlace place = AccessPlace.Of(access, input);
        if (place.IsMemory)
            return Way.Raw;
        bool writes = input == 0 && access.Kind != ActorKind.Load && !(access.Kind == ActorKind.Atomic && access.AtomicOp == AtomicOp.LoadAcquire);
        return place.Pointer is { Kind: PointerKind.Context, Offset: { } offset } && Resolve(offset, access.AccessSize, writes, out field) ? Way.Context : Way.Checked;
    }

    private bool Resolve(long offset, int size, bool write, out ContextAccess field)
    {
        field = default;
        return _program.Context is { } context && !_graph.IsPlain && context.TryResolve(offset, size, write, out field);
    }

    /// <summary>Pushes an address and a displacement; what is constant of it becomes one number.</summary>
    private void PushAddress(Actor pointer, long displacement)
    {
        switch (pointer.Kind)
        {
            case ActorKind.FramePointer:
                _il.Emit(OpCodes.Ldloc, _top);
                displacement -= pointer.Immediate * Machine.MaxStack;
                break;
            case ActorKind.MapValueAddress:
                long values = (long)MapValues.Address(_program.MapArray[pointer.Map]);
                displacement += pointer.Immediate;
                if (_constants?.Of(values) is not { } variable)
                {
                    _il.Emit(OpCodes.Ldc_I8, values + displacement);
                    return;
                }
                _il.Emit(OpCodes.Ldloc, variable);
                break;
            case ActorKind.ElementAddress:
                _maps.Element(pointer.Map, (uint)pointer.Immediate, displacement);
                return;
            default:
                Push(pointer, wide: true);
                break;
        }
        if (displacement == 0)
            return;
        _il.Emit(OpCodes.Ldc_I8, displacement);
        _il.Emit(OpCodes.Add);
    }

    private void EmitLoad(Actor load, bool narrow)
    {
        switch (WayOf(load, 0, out ContextAccess field))
        {
            case Way.Context:
                bool wide = LoadContext(load, field);
                Extended(load, wide, narrow);
                return;
            case Way.Checked:
                _il.Emit(OpCodes.Ldarg_1);
                PushAddress(load.Inputs[0], load.Immediate);
                _il.Emit(OpCodes.Ldc_I4, load.Slot);
                _il.Emit(OpCodes.Ldc_I4, load.Size);
                NotePlace(load);
                _il.Emit(OpCodes.Call, JitMethods.Load);
                Extended(load, wide: true, narrow);
                return;
        }
        PushAddress(load.Inputs[0], load.Immediate);
        // Other processors write to map values: the program's loads are not to be joined nor repeated.
        if (load.Inputs[0].Facts.Pointer.Kind is not (PointerKind.Packet or PointerKind.Stack))
            _il.Emit(OpCodes.Volatile);
        _il.Emit((load.Size, load.Signed) switch
        {
            (1, false) => OpCodes.Ldind_U1,
            (1, true) => OpCodes.Ldind_I1,
            (2, false) => OpCodes.Ldind_U2,
            (2, true) => OpCodes.Ldind_I2,
            (4, false) => OpCodes.Ldind_U4,
            (4, true) => OpCodes.Ldind_I4,
            _ => OpCodes.Ldind_I8,
        });
        if (load.Size == 8)
            Convert(true, !narrow);
        else if (!narrow)
            _il.Emit(load.Signed ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
    }

    // What was loaded, 32 or 64 bits of it, as the load's token.
    private void Extended(Actor load, bool wide, bool narrow)
    {
        if (!load.Signed)
        {
            Convert(wide, !narrow);
            return;
        }
        if (load.Size < 8)
        {
            _il.Emit(load.Size switch { 1 => OpCodes.Conv_I1, 2 => OpCodes.Conv_I2, _ => OpCodes.Conv_I4 });
            wide = false;
        }
        if (wide)
            Convert(true, !narrow);
        else if (!narrow)
            _il.Emit(OpCodes.Conv_I8);
    }

    private void EmitStore(Actor store)
    {
        Actor value = store.Inputs[1];
        switch (WayOf(store, 0, out ContextAccess field))
        {
            case Way.Context:
                ContextAddress(store, field);
                Push(value, wide: field.Width == 8);
                Put(field.Width);
                return;
            case Way.Checked:
                _il.Emit(OpCodes.Ldarg_1);
                PushAddress(store.Inputs[0], store.Immediate);
                Push(value, wide: true);
                _il.Emit(OpCodes.Ldc_I4, store.Slot);
                _il.Emit(OpCodes.Ldc_I4, store.Size);
                NotePlace(store);
                _il.Emit(OpCodes.Call, JitMethods.Store);
                return;
        }
        PushAddress(store.Inputs[0], store.Immediate);
        Push(value, wide: store.Size == 8);
        Put(store.Size);
    }

    private void Put(int size) => _il.Emit(size switch { 1 => OpCodes.Stind_I1, 2 => OpCodes.Stind_I2, 4 => OpCodes.Stind_I4, _ => OpCodes.Stind_I8 });

    // The passes copy only what lies apart.
    private void EmitCopy(Actor copy)
    {
        bool isRaw = WayOf(copy, 0, out _) == Way.Raw && WayOf(copy, 1, out _) == Way.Raw;
        if (!isRaw)
            _il.Emit(OpCodes.Ldarg_1);
        PushAddress(copy.Inputs[0], copy.Immediate);
        PushAddress(copy.Inputs[1], copy.Immediate2);
        _il.Emit(OpCodes.Ldc_I4, copy.Length);
        if (isRaw)
        {
            _il.Emit(OpCodes.Unaligned, (byte)1);
            _il.Emit(OpCodes.Cpblk);
            return;
        }
        _il.Emit(OpCodes.Ldc_I4, copy.Slot);
        NotePlace(copy);
        _il.Emit(OpCodes.Call, JitMethods.Copy);
    }

    private void EmitClear(Actor clear)
    {
        bool isRaw = WayOf(clear, 0, out _) == Way.Raw;
        if (!isRaw)
            _il.Emit(OpCodes.Ldarg_1);
        PushAddress(clear.Inputs[0], clear.Immediate);
        if (isRaw)
        {
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Ldc_I4, clear.Length);
            _il.Emit(OpCodes.Unaligned, (byte)1);
            _il.Emit(OpCodes.Initblk);
            return;
        }
        _il.Emit(OpCodes.Ldc_I4, clear.Length);
        _il.Emit(OpCodes.Ldc_I4, clear.Slot);
        NotePlace(clear);
        _il.Emit(OpCodes.Call, JitMethods.Clear);
    }

    /// <summary>Pushes a field of the context.</summary>
    /// <returns>True when 64 bits were pushed.</returns>
    private bool LoadContext(Actor load, ContextAccess access)
    {
        switch (access.Source)
        {
            case ContextSource.Zero:
                Constant(0, wide: false);
                return false;
            case ContextSource.Length:
                LoadField(_frame, nameof(Frame.End));
                LoadField(_frame, nameof(Frame.Data));
                _il.Emit(OpCodes.Sub);
                _il.Emit(OpCodes.Ldc_I4, access.Offset * 8);
                _il.Emit(OpCodes.Shr_Un);
                _il.Emit(load.Size switch { 1 => OpCodes.Conv_U1, 2 => OpCodes.Conv_U2, _ => OpCodes.Conv_U4 });
                return false;
            default:
                ContextAddress(load, access);
                _il.Emit(access.Width switch { 1 => OpCodes.Ldind_U1, 2 => OpCodes.Ldind_U2, 4 => OpCodes.Ldind_U4, _ => OpCodes.Ldind_I8 });
                return access.Width == 8;
        }
    }

    private void ContextAddress(Actor actor, ContextAccess access) =>
        _machine.ContextAddress(_frame, access, () => Rare(() => Throw(actor, JitMethods.SocketBufferFault)));

    private void EmitAtomic(Actor atomic, bool narrow)
    {
        AtomicOp op = atomic.AtomicOp;
        bool write = op != AtomicOp.LoadAcquire, wide = atomic.Size == 8;
        if (WayOf(atomic, 0, out _) != Way.Raw)
        {
            _il.Emit(OpCodes.Ldarg_1);
            PushAddress(atomic.Inputs[0], atomic.Immediate);
            _il.Emit(OpCodes.Ldc_I4, atomic.Slot);
            _il.Emit(OpCodes.Ldc_I4, atomic.Size);
            _il.Emit(write ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
            NotePlace(atomic);
            _il.Emit(OpCodes.Call, JitMethods.Check);
        }
        PushAddress(atomic.Inputs[0], atomic.Immediate);
        switch (op)
        {
            case AtomicOp.LoadAcquire:
                _il.Emit(OpCodes.Volatile);
                _il.Emit(atomic.Size switch { 1 => OpCodes.Ldind_U1, 2 => OpCodes.Ldind_U2, 4 => OpCodes.Ldind_U4, _ => OpCodes.Ldind_I8 });
                Convert(wide, !narrow);
                return;
            case AtomicOp.StoreRelease:
                Push(atomic.Inputs[1], wide);
                _il.Emit(OpCodes.Volatile);
                Put(atomic.Size);
                Constant(0, wide: !narrow);
                return;
        }
        Push(atomic.Inputs[1], wide || op == AtomicOp.CompareExchange);
        if (op == AtomicOp.CompareExchange)
            Push(atomic.Inputs[2], wide: true);
        _il.Emit(OpCodes.Call, JitMethods.Atomic(op, wide));
        if (op is not (AtomicOp.Exchange or AtomicOp.CompareExchange) && (op & ~AtomicOp.Fetch) == AtomicOp.Add && atomic.Users.Count > 0)
        {
            // The runtime answers the sum; the token is what was there before.
            Push(atomic.Inputs[1], wide);
            _il.Emit(OpCodes.Sub);
        }
        Convert(wide, !narrow);
    }

    /// <summary>Legacy packet access: the bytes in host order, or <see cref="Actor.OutsidePacket"/>.</summary>
    private void EmitPacketLoad(Actor load)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, (int)load.Immediate);
        if (load.Inputs.Count > 0)
        {
            Push(load.Inputs[0], wide: false);
            _il.Emit(OpCodes.Add);
        }
        _il.Emit(OpCodes.Ldc_I4, load.Size);
        _il.Emit(OpCodes.Ldc_I4, load.Slot);
        NotePlace(load);
        _il.Emit(OpCodes.Call, JitMethods.LoadPacket);
    }
}
