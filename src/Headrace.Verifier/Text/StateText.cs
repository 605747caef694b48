using System.Globalization;
using System.Text;

namespace Headrace.Verifier;

/// <summary>Writes states as the kernel's log does: <c>R1=ctx() R2=scalar(smin=0,smax=255) R10=fp0 fp-8=mmmmmmmm</c>.</summary>
internal static class StateText
{
    private const string SlotLetters = "?rm0dif";

    /// <summary>Everything a frame holds.</summary>
    public static string Of(VerifierState state, int frame) => Of(state, frame, 0x7ff, ulong.MaxValue);

    /// <summary>Chosen registers and stack slots of a frame, a bit each.</summary>
    public static string Of(VerifierState state, int frameNumber, int registers, ulong slots)
    {
        var text = new StringBuilder();
        FunctionState frame = state.Frames[frameNumber]!;
        if (frame.FrameNumber != 0)
            text.Append(CultureInfo.InvariantCulture, $" frame{frame.FrameNumber}:");
        for (int i = 0; i < frame.Registers.Length; i++)
        {
            if ((registers & (1 << i)) == 0 || frame.Registers[i].Kind == RegisterKind.NotInitialized)
                continue;
            text.Append(CultureInfo.InvariantCulture, $" R{i}=");
            Append(text, frame.Registers[i], frame.FrameNumber);
        }
        for (int i = 0; i < frame.StackSlots; i++)
        {
            if (i < 64 && (slots & (1UL << i)) == 0)
                continue;
            Append(text, frame.Stack[i], i, frame.FrameNumber);
        }
        if (state.References.Count > 0)
            text.Append(" refs=").AppendJoin(',', state.References.Select(reference => reference.Id));
        if (frame.InCallback)
            text.Append(" cb");
        if (frame.InAsyncCallback)
            text.Append(" async_cb");
        return text.ToString();
    }

    private static void Append(StringBuilder text, in StackSlot slot, int index, int frame)
    {
        if (slot.Kinds == 0)
            return;
        text.Append(CultureInfo.InvariantCulture, $" fp{-8 * (index + 1)}=");
        if (slot[0] == SlotKind.Dynptr)
        {
            text.Append("dynptr");
            return;
        }
        for (int i = 7; i >= 0 && !(slot[0] == SlotKind.Spill && slot[i] == SlotKind.Spill); i--)
            text.Append(SlotLetters[(int)slot[i]]);
        if (slot[0] == SlotKind.Spill)
            Append(text, slot.Spilled, frame);
    }

    /// <summary>One register.</summary>
    private static void Append(StringBuilder text, in RegisterState register, int frame)
    {
        bool isScalar = register.Kind == RegisterKind.Scalar;
        if (isScalar && register.Precise)
            text.Append('P');
        if (isScalar && register.Var.IsConst)
        {
            text.Append(Signed((long)register.Var.Value));
            return;
        }
        text.Append(register.KindName);
        if (register.Kind == RegisterKind.Stack)
        {
            if (register.FrameNumber != frame)
                text.Append(CultureInfo.InvariantCulture, $"[{register.FrameNumber}]");
            if (register.Var.IsConst)
            {
                text.Append(Signed((long)register.Var.Value + register.Offset));
                return;
            }
        }
        text.Append('(').AppendJoin(',', Parts(register)).Append(')');
    }

    private static List<string> Parts(RegisterState register)
    {
        var parts = new List<string>();
        bool isScalar = register.Kind == RegisterKind.Scalar;
        if (register.Id != 0)
            parts.Add($"id={register.Id}" + (isScalar && register.Link != LinkKind.Equal ? $"{register.Offset:+0;-0}" : ""));
        if (register.ReferenceId != 0)
            parts.Add($"ref_obj_id={register.ReferenceId}");
        if (register.Map is { } map)
        {
            if (map.KernelName.Length > 0)
                parts.Add($"map={map.KernelName}");
            parts.Add($"ks={map.KeySize}");
            parts.Add($"vs={map.ValueSize}");
        }
        if (!isScalar && register.Offset != 0)
            parts.Add("off=" + Signed(register.Offset));
        if (register.IsPacketPointer)
            parts.Add("r=" + Unsigned((ulong)(long)register.Range));
        if (register.Kind == RegisterKind.Memory)
            parts.Add("sz=" + Unsigned((uint)register.Detail));
        if (register.Var.IsConst)
        {
            if (register.Var.Value != 0)
                parts.Add("imm=" + Signed((long)register.Var.Value));
            return parts;
        }
        AddRanges(parts, register);
        if (!register.Var.IsUnknown)
            parts.Add("var_off=" + register.Var);
        return parts;
    }

    // Equal lower limits share their value, and equal upper ones; a negative and a huge unsigned one do not, although their bits are the same.
    private static void AddRanges(List<string> parts, in RegisterState register)
    {
        (string Name, long Value, bool Omit)[] limits =
        [
            ("smin", register.SMin, register.SMin == long.MinValue),
            ("smax", register.SMax, register.SMax == long.MaxValue),
            ("umin", (long)register.UMin, register.UMin == 0),
            ("umax", (long)register.UMax, register.UMax == ulong.MaxValue),
            ("smin32", Signed32(register.S32Min), register.S32Min == int.MinValue),
            ("smax32", Signed32(register.S32Max), register.S32Max == int.MaxValue),
            ("umin32", register.U32Min, register.U32Min == 0),
            ("umax32", register.U32Max, register.U32Max == uint.MaxValue),
        ];
        for (int i = 0; i < limits.Length; i++)
        {
            (string name, long value, bool omit) = limits[i];
            if (omit)
                continue;
            bool signed = name[0] == 's', negative = signed && value < 0;
            for (int j = i + 2; j < limits.Length; j += 2)
            {
                if (limits[j].Omit || limits[j].Value != value || (limits[j].Name[0] == 's' && value < 0) != negative)
                    continue;
                limits[j].Omit = true;
                name += "=" + limits[j].Name;
            }
            parts.Add($"{name}={(signed ? Signed(value) : Unsigned((ulong)value))}");
        }
    }

    // A negative number that is not written in decimal shows its 32 bits.
    private static long Signed32(int value) => value is >= short.MinValue and <= short.MaxValue ? value : (uint)value;

    private static string Signed(long value) => value is >= short.MinValue and <= short.MaxValue ? $"{value}" : $"0x{value:x}";

    private static string Unsigned(ulong value) => value <= ushort.MaxValue ? $"{value}" : $"0x{value:x}";
}
