namespace Headrace.Objects;

/// <summary>Counts the work of one walk through types, so that types which share their parts cannot make it explode.</summary>
internal sealed class BtfBudget(Btf types, long steps)
{
    private readonly long _steps = steps;
    private long _left = steps;
    private int _depth;

    /// <summary>Steps taken so far.</summary>
    public long Spent => _steps - _left;

    /// <summary>Takes some steps.</summary>
    /// <exception cref="ObjectException">None are left.</exception>
    public void Spend(long steps)
    {
        _left -= steps;
        if (_left < 0)
            throw types.Error("the types are nested so often that writing them out would not end: they are damaged or hostile");
    }

    /// <summary>Goes into a part; <see cref="Leave"/> comes back.</summary>
    /// <exception cref="ObjectException">The parts are nested too deeply.</exception>
    public void Enter()
    {
        Spend(1);
        if (++_depth > Btf.MaxDepth)
            throw types.Error($"types are nested more than {Btf.MaxDepth} deep: they loop or are hostile");
    }

    public void Leave() => _depth--;
}
