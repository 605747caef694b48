using System.Reflection.Emit;
using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes accesses to memory: straight where the graph or the verifier knows the place, asked of the machine elsewhere.</summary>
/// <param name="code">The function.</param>
/// <param name="tokens">Pushes addresses and values.</param>
internal sealed unsafe class AccessCode(FunctionCode code, TokenCode tokens)
{
    private readonly ILGenerator _il = code.Il;

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

    /// <summary>True when an access goes straight to memory that is there.</summary>
    public bool IsDirect(Actor access)
    {
        bool isGood = WayOf(access, 0, out ContextAccess field) switch
        {
            Way.Raw => true,
            Way.Context => field.Source != ContextSource.Skb,
            _ => false,
        };
        return isGood && (access.Kind != ActorKind.CopyBytes || WayOf(access, 1, out _) == Way.Raw);
    }

    /// <summary>Writes a load and pushes its token.</summary>
    public void Load(Actor load, bool narrow)
    {
        switch (WayOf(load, 0, out ContextAccess field))
        {
            case Way.Context:
                bool wide = LoadContext(load, field);
                Extended(load, wide, narrow);
                return;
            case Way.Checked:
                _il.Emit(OpCodes.Ldarg_1);
                tokens.PushAddress(load.Inputs[0], load.Immediate);
                _il.Emit(OpCodes.Ldc_I4, load.Slot);
                _il.Emit(OpCodes.Ldc_I4, load.Size);
                code.Run.NotePlace(load);
                _il.Emit(OpCodes.Call, JitMethods.Load);
                Extended(load, wide: true, narrow);
                return;
        }
        tokens.PushAddress(load.Inputs[0], load.Immediate);
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
            code.Convert(true, !narrow);
        else if (!narrow)
            _il.Emit(load.Signed ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
    }

    /// <summary>Writes a store.</summary>
    public void Store(Actor store)
    {
        Actor value = store.Inputs[1];
        switch (WayOf(store, 0, out ContextAccess field))
        {
            case Way.Context:
                ContextAddress(store, field);
                tokens.Push(value, wide: field.Width == 8);
                Put(field.Width);
                return;
            case Way.Checked:
                _il.Emit(OpCodes.Ldarg_1);
                tokens.PushAddress(store.Inputs[0], store.Immediate);
                tokens.Push(value, wide: true);
                _il.Emit(OpCodes.Ldc_I4, store.Slot);
                _il.Emit(OpCodes.Ldc_I4, store.Size);
                code.Run.NotePlace(store);
                _il.Emit(OpCodes.Call, JitMethods.Store);
                return;
        }
        tokens.PushAddress(store.Inputs[0], store.Immediate);
        tokens.Push(value, wide: store.Size == 8);
        Put(store.Size);
    }

    /// <summary>Writes a copy; the passes copy only what lies apart.</summary>
    public void Copy(Actor copy)
    {
        bool isRaw = WayOf(copy, 0, out _) == Way.Raw && WayOf(copy, 1, out _) == Way.Raw;
        if (!isRaw)
            _il.Emit(OpCodes.Ldarg_1);
        tokens.PushAddress(copy.Inputs[0], copy.Immediate);
        tokens.PushAddress(copy.Inputs[1], copy.Immediate2);
        _il.Emit(OpCodes.Ldc_I4, copy.Length);
        if (isRaw)
        {
            _il.Emit(OpCodes.Unaligned, (byte)1);
            _il.Emit(OpCodes.Cpblk);
            return;
        }
        _il.Emit(OpCodes.Ldc_I4, copy.Slot);
        code.Run.NotePlace(copy);
        _il.Emit(OpCodes.Call, JitMethods.Copy);
    }

    /// <summary>Writes what sets bytes to zero.</summary>
    public void Clear(Actor clear)
    {
        bool isRaw = WayOf(clear, 0, out _) == Way.Raw;
        if (!isRaw)
            _il.Emit(OpCodes.Ldarg_1);
        tokens.PushAddress(clear.Inputs[0], clear.Immediate);
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
        code.Run.NotePlace(clear);
        _il.Emit(OpCodes.Call, JitMethods.Clear);
    }

    /// <summary>Writes an atomic operation and pushes its token.</summary>
    public void Atomic(Actor atomic, bool narrow)
    {
        AtomicOp op = atomic.AtomicOp;
        bool write = op != AtomicOp.LoadAcquire, wide = atomic.Size == 8;
        if (WayOf(atomic, 0, out _) != Way.Raw)
        {
            _il.Emit(OpCodes.Ldarg_1);
            tokens.PushAddress(atomic.Inputs[0], atomic.Immediate);
            _il.Emit(OpCodes.Ldc_I4, atomic.Slot);
            _il.Emit(OpCodes.Ldc_I4, atomic.Size);
            _il.Emit(write ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
            code.Run.NotePlace(atomic);
            _il.Emit(OpCodes.Call, JitMethods.Check);
        }
        tokens.PushAddress(atomic.Inputs[0], atomic.Immediate);
        switch (op)
        {
            case AtomicOp.LoadAcquire:
                _il.Emit(OpCodes.Volatile);
                Get(atomic.Size);
                code.Convert(wide, !narrow);
                return;
            case AtomicOp.StoreRelease:
                tokens.Push(atomic.Inputs[1], wide);
                _il.Emit(OpCodes.Volatile);
                Put(atomic.Size);
                code.Constant(0, wide: !narrow);
                return;
        }
        tokens.Push(atomic.Inputs[1], wide || op == AtomicOp.CompareExchange);
        if (op == AtomicOp.CompareExchange)
            tokens.Push(atomic.Inputs[2], wide: true);
        _il.Emit(OpCodes.Call, JitMethods.Atomic(op, wide));
        if (op is not (AtomicOp.Exchange or AtomicOp.CompareExchange) && (op & ~AtomicOp.Fetch) == AtomicOp.Add && atomic.Users.Count > 0)
        {
            // The runtime answers the sum; the token is what was there before.
            tokens.Push(atomic.Inputs[1], wide);
            _il.Emit(OpCodes.Sub);
        }
        code.Convert(wide, !narrow);
    }

    /// <summary>Writes a legacy packet access and pushes the bytes in host order, or <see cref="Actor.OutsidePacket"/>.</summary>
    public void LoadPacket(Actor load)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, (int)load.Immediate);
        if (load.Inputs.Count > 0)
        {
            tokens.Push(load.Inputs[0], wide: false);
            _il.Emit(OpCodes.Add);
        }
        _il.Emit(OpCodes.Ldc_I4, load.Size);
        _il.Emit(OpCodes.Ldc_I4, load.Slot);
        code.Run.NotePlace(load);
        _il.Emit(OpCodes.Call, JitMethods.LoadPacket);
    }

    private Way WayOf(Actor access, int input, out ContextAccess field)
    {
        field = default;
        if (!code.Trusts)
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
        return code.Program.Context is { } context && !code.Graph.IsPlain && context.TryResolve(offset, size, write, out field);
    }

    /// <summary>Pushes a field of the context.</summary>
    /// <returns>True when 64 bits were pushed.</returns>
    private bool LoadContext(Actor load, ContextAccess access)
    {
        switch (access.Source)
        {
            case ContextSource.Zero:
                code.Constant(0, wide: false);
                return false;
            case ContextSource.Length:
                code.Machine.LoadField(code.Frame, nameof(Frame.End));
                code.Machine.LoadField(code.Frame, nameof(Frame.Data));
                _il.Emit(OpCodes.Sub);
                _il.Emit(OpCodes.Ldc_I4, access.Offset * 8);
                _il.Emit(OpCodes.Shr_Un);
                _il.Emit(load.Size switch { 1 => OpCodes.Conv_U1, 2 => OpCodes.Conv_U2, _ => OpCodes.Conv_U4 });
                return false;
            default:
                ContextAddress(load, access);
                Get(access.Width);
                return access.Width == 8;
        }
    }

    private void ContextAddress(Actor actor, ContextAccess access) =>
        code.Machine.ContextAddress(code.Frame, access, () => code.Rare(() => code.Throw(actor, JitMethods.SocketBufferFault)));

    // What was loaded, 32 or 64 bits of it, as the load's token.
    private void Extended(Actor load, bool wide, bool narrow)
    {
        if (!load.Signed)
        {
            code.Convert(wide, !narrow);
            return;
        }
        if (load.Size < 8)
        {
            _il.Emit(load.Size switch { 1 => OpCodes.Conv_I1, 2 => OpCodes.Conv_I2, _ => OpCodes.Conv_I4 });
            wide = false;
        }
        if (wide)
            code.Convert(true, !narrow);
        else if (!narrow)
            _il.Emit(OpCodes.Conv_I8);
    }

    private void Get(int size) => _il.Emit(size switch { 1 => OpCodes.Ldind_U1, 2 => OpCodes.Ldind_U2, 4 => OpCodes.Ldind_U4, _ => OpCodes.Ldind_I8 });

    private void Put(int size) => _il.Emit(size switch { 1 => OpCodes.Stind_I1, 2 => OpCodes.Stind_I2, 4 => OpCodes.Stind_I4, _ => OpCodes.Stind_I8 });
}
