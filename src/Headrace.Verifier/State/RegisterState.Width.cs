using System.Numerics;

namespace Headrace.Verifier;

internal partial struct RegisterState
{
    /// <summary>Bits a scalar needs: 0 for the number 0.</summary>
    public readonly int Width => 64 - BitOperations.LeadingZeroCount(UMax);

    /// <summary>True when the whole, or its low half, has one value in every view.</summary>
    public readonly bool IsKnown(bool low) => low
        ? Kind == RegisterKind.Scalar && Var.Subregister.IsConst
        : IsConstant;

    /// <summary>The value of a known scalar.</summary>
    public readonly ulong KnownValue(bool low) => low ? (uint)Var.Value : Var.Value;

    /// <summary>Makes it a number of which nothing is known.</summary>
    public void BecomeUnknown() => this = UnknownScalar();

    /// <summary>Makes it a number with one value.</summary>
    public void BecomeConstant(ulong value) => this = Constant(value);

    /// <summary>Makes the number that a load of a few bytes of it gives, zero-extended.</summary>
    public void Truncate(int bytes)
    {
        Var = Var.Cast(bytes);
        ulong mask = (1UL << (bytes * 8)) - 1;
        if ((UMin & ~mask) == (UMax & ~mask))
        {
            UMin &= mask;
            UMax &= mask;
        }
        else
        {
            UMin = 0;
            UMax = mask;
        }
        SMin = (long)UMin;
        SMax = (long)UMax;
        // The low half of a narrow number is the number itself; of 4 bytes its ranges stay true.
        if (bytes < 4)
            ForgetRanges32();
        Synchronize();
    }

    /// <summary>Makes the number that a sign-extending load or move of its low bytes gives.</summary>
    public void SignExtend(int bytes)
    {
        int bits = bytes * 8;
        if (Var.IsConst)
        {
            SetKnown((ulong)((long)(Var.Value << (64 - bits)) >> (64 - bits)));
            return;
        }
        // Equal above the kept bits: both ends are cut alike.
        if (SMax >> bits == SMin >> bits)
        {
            long max = SMax << (64 - bits) >> (64 - bits);
            long min = SMin << (64 - bits) >> (64 - bits);
            long high = Math.Max(max, min), low = Math.Min(max, min);
            // Ends of different signs leave everything between the type's limits possible.
            if (high >= 0 == low >= 0)
            {
                SetSigned(low, high);
                return;
            }
        }
        long limit = 1L << (bits - 1);
        SetSigned(-limit, limit - 1);
    }

    /// <summary>Makes the number that a sign-extending 32-bit move of its low bytes gives; the high half becomes 0.</summary>
    public void SignExtend32(int bytes)
    {
        int bits = bytes * 8;
        if (Var.IsConst)
        {
            SetKnown((uint)((int)((uint)Var.Value << (32 - bits)) >> (32 - bits)));
            return;
        }
        int low, high;
        if (S32Max >> bits == S32Min >> bits)
        {
            int max = S32Max << (32 - bits) >> (32 - bits);
            int min = S32Min << (32 - bits) >> (32 - bits);
            (low, high) = (Math.Min(max, min), Math.Max(max, min));
            if (high >= 0 == low >= 0)
            {
                SetSigned32(low, high);
                return;
            }
        }
        int limit = 1 << (bits - 1);
        SetSigned32(-limit, limit - 1);
    }

    private void SetSigned(long min, long max)
    {
        SetUnbounded();
        SMin = min;
        SMax = max;
        S32Min = (int)Math.Max(min, int.MinValue);
        S32Max = (int)Math.Min(max, int.MaxValue);
        UMin = (ulong)min;
        UMax = (ulong)max;
        U32Min = (uint)min;
        U32Max = (uint)max;
        if (min < 0 && max >= 0)
        {
            (UMin, UMax) = (0, ulong.MaxValue);
            (U32Min, U32Max) = (0, uint.MaxValue);
        }
        else
        {
            Var = Tnum.Range(UMin, UMax);
        }
        Synchronize();
    }

    private void SetSigned32(int min, int max)
    {
        SetUnbounded();
        S32Min = min;
        S32Max = max;
        if (min < 0 && max >= 0)
            (U32Min, U32Max) = (0, uint.MaxValue);
        else
            (U32Min, U32Max) = ((uint)min, (uint)max);
        Var = Tnum.Range(U32Min, U32Max);
        ZeroExtend32();
    }
}
