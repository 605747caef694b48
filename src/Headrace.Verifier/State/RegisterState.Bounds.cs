namespace Headrace.Verifier;

internal partial struct RegisterState
{
    // Facts of one view sharpen the others; later rounds use what earlier ones found.
    private const int DeductionRounds = 3;

    /// <summary>Lets every view of the value (bits, signed, unsigned, low half) learn from the others.</summary>
    public void Synchronize()
    {
        BoundsFromBits();
        for (int i = 0; i < DeductionRounds; i++)
        {
            Deduce32();
            Deduce64();
            DeduceMixed();
        }
        BitsFromBounds();
        BoundsFromBits();
    }

    /// <summary>Forgets the ranges where none is left for the low half, and keeps the bits.</summary>
    /// <remarks>
    /// As Linux 6.18 does when it walks a way that cannot be, a number of two values that is less than itself. comparisons.txt has what it says: of
    /// 32 bits without sign it notices; other comparisons of such a number with itself leave it something to go on with.
    /// </remarks>
    public void ForgetContradiction()
    {
        if (U32Min > U32Max)
            ForgetRanges();
    }

    /// <summary>Narrows the ranges of the low half by the known bits.</summary>
    public void BoundsFromBits32()
    {
        uint value = (uint)Var.Value, mask = (uint)Var.Mask;
        S32Min = Math.Max(S32Min, (int)(value | (mask & 0x8000_0000)));
        S32Max = Math.Min(S32Max, (int)(value | (mask & 0x7fff_ffff)));
        U32Min = Math.Max(U32Min, value);
        U32Max = Math.Min(U32Max, value | mask);
    }

    /// <summary>Narrows the ranges by the known bits.</summary>
    public void BoundsFromBits()
    {
        BoundsFromBits32();
        SMin = Math.Max(SMin, (long)(Var.Value | (Var.Mask & 0x8000_0000_0000_0000)));
        SMax = Math.Min(SMax, (long)(Var.Value | (Var.Mask & long.MaxValue)));
        UMin = Math.Max(UMin, Var.Value);
        UMax = Math.Min(UMax, Var.Value | Var.Mask);
    }

    /// <summary>Makes the value the zero-extended low half.</summary>
    public void ZeroExtend32()
    {
        Var = Var.Subregister;
        UMin = U32Min;
        UMax = U32Max;
        bool nonNegative = S32Min >= 0;
        SMin = nonNegative ? S32Min : 0;
        SMax = nonNegative ? S32Max : uint.MaxValue;
        Synchronize();
    }

    private void Deduce32()
    {
        if (UMin >> 32 == UMax >> 32)
        {
            Narrow32((uint)UMin, (uint)UMax);
            if ((int)UMin <= (int)UMax)
                Narrow32((int)UMin, (int)UMax);
        }
        if (SMin >> 32 == SMax >> 32)
        {
            if ((uint)SMin <= (uint)SMax)
                Narrow32((uint)SMin, (uint)SMax);
            if ((int)SMin <= (int)SMax)
                Narrow32((int)SMin, (int)SMax);
        }
        // High halves that are neighbours: the low half runs over its signed zero and no further.
        if ((uint)(UMin >> 32) + 1 == (uint)(UMax >> 32) && (int)UMin < 0 && (int)UMax >= 0)
            Narrow32((int)UMin, (int)UMax);
        if ((uint)(SMin >> 32) + 1 == (uint)(SMax >> 32) && (int)SMin < 0 && (int)SMax >= 0)
            Narrow32((int)SMin, (int)SMax);
        if ((int)U32Min <= (int)U32Max)
            Narrow32((int)U32Min, (int)U32Max);
        if ((uint)S32Min <= (uint)S32Max)
            Narrow32((uint)S32Min, (uint)S32Max);
    }

    private void Deduce64()
    {
        if ((long)UMin <= (long)UMax)
        {
            SMin = Math.Max(SMin, (long)UMin);
            SMax = Math.Min(SMax, (long)UMax);
        }
        if ((ulong)SMin <= (ulong)SMax)
        {
            UMin = Math.Max(UMin, (ulong)SMin);
            UMax = Math.Min(UMax, (ulong)SMax);
        }
        else if (UMax < (ulong)SMin)
        {
            // The signed range wraps in the unsigned view, and only its non-negative part can be meant.
            SMin = (long)UMin;
            UMax = Math.Min(UMax, (ulong)SMax);
        }
        else if ((ulong)SMax < UMin)
        {
            SMax = (long)UMax;
            UMin = Math.Max(UMin, (ulong)SMin);
        }
    }

    private void DeduceMixed()
    {
        const ulong High = 0xffff_ffff_0000_0000;
        UMin = Math.Max(UMin, (UMin & High) | U32Min);
        UMax = Math.Min(UMax, (UMax & High) | U32Max);
        SMin = Math.Max(SMin, (long)(((ulong)SMin & High) | U32Min));
        SMax = Math.Min(SMax, (long)(((ulong)SMax & High) | U32Max));
        // A number that fits in 32 signed bits and whose low half is not negative is its low half.
        if (S32Min >= 0 && SMin >= int.MinValue && SMax <= int.MaxValue)
        {
            SMin = S32Min;
            UMin = (ulong)S32Min;
            SMax = S32Max;
            UMax = (ulong)S32Max;
            Var = Var.Intersect(Tnum.Range(UMin, UMax));
        }
    }

    private void BitsFromBounds()
    {
        Tnum whole = Var.Intersect(Tnum.Range(UMin, UMax));
        Tnum low = Var.Subregister.Intersect(Tnum.Range(U32Min, U32Max));
        Var = whole.ClearSubregister | low;
    }

    private void Narrow32(uint min, uint max)
    {
        U32Min = Math.Max(U32Min, min);
        U32Max = Math.Min(U32Max, max);
    }

    private void Narrow32(int min, int max)
    {
        S32Min = Math.Max(S32Min, min);
        S32Max = Math.Min(S32Max, max);
    }
}
