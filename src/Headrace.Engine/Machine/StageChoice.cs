using System.Globalization;

namespace Headrace.Engine;

/// <summary>Which look-ups the batch engine fetches ahead of a burst, and in how many stages: a stage fetches one look-up of each packet, whose key may come from the stages before.</summary>
/// <param name="Most">Stages at most, 0 for none.</param>
/// <param name="EverySize">True to stage look-ups in tables of any size; false to leave alone those in tables that the second-level cache holds.</param>
public readonly record struct StageChoice(int Most, bool EverySize)
{
    /// <summary>Stages that there can be.</summary>
    public const int Limit = 8;

    /// <summary>As many stages as there are look-ups in tables beyond the cache, as measured every 64 chunks of a burst.</summary>
    public static StageChoice Measured => new(Limit, false);

    /// <summary>No stages: the jit alone.</summary>
    public static StageChoice None => new(0, false);

    /// <summary>Every look-up that can be fetched, whatever its table's size.</summary>
    public static StageChoice All => new(Limit, true);

    /// <summary>Reads <c>auto</c>, <c>none</c>, <c>all</c> or the most stages there may be.</summary>
    public static bool TryParse(string text, out StageChoice choice)
    {
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int most) && most <= Limit;
        choice = text switch
        {
            "auto" => Measured,
            "none" => None,
            "all" => All,
            _ => new StageChoice(most, false),
        };
        return isNumber || text is "auto" or "none" or "all";
    }
}
