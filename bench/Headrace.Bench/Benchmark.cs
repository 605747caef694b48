namespace Headrace.Bench;

/// <summary>A claim that is measured: what <c>headrace bench NAME</c> runs.</summary>
/// <param name="name">The name on the command line.</param>
/// <param name="description">One line on what is measured against what.</param>
public abstract class Benchmark(string name, string description)
{
    /// <summary>The name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>One line on what is measured against what.</summary>
    public string Description { get; } = description;

    /// <summary>Measures.</summary>
    /// <param name="notes">Takes what a person wants to know of the conditions, such as a peer that is missing and why; not the rows.</param>
    /// <returns>The results, single ones first, means last.</returns>
    public abstract IReadOnlyList<BenchmarkRow> Run(TextWriter notes);

    /// <summary>Names of the parts that can be measured alone; empty when there are none.</summary>
    public virtual IReadOnlyList<string> Parts => [];

    /// <summary>Measures one of <see cref="Parts"/>.</summary>
    public virtual IReadOnlyList<BenchmarkRow> RunPart(string part, TextWriter notes) => throw new ArgumentException($"benchmark {Name} has no part '{part}'", nameof(part));

    /// <summary>True when there is a form that takes a few seconds and only shows that everything works.</summary>
    public virtual bool HasQuickForm => false;

    /// <summary>Gives every row of <see cref="Run"/>, or of one of <see cref="Parts"/>, with figures that mean nothing, in a few seconds.</summary>
    public virtual IReadOnlyList<BenchmarkRow> RunQuick(string? part, TextWriter notes) => throw new NotSupportedException($"benchmark {Name} has no quick form");
}
