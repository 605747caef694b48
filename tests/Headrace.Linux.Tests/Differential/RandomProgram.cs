using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Differential;

/// <summary>A program made of statements: its body, and functions it calls.</summary>
internal sealed record RandomProgram(ulong Seed, Statement[] Body, Statement[][] Functions)
{
    /// <summary>Number of statements, those inside others included.</summary>
    public int Size => Count(Body) + Functions.Sum(Count);

    /// <summary>The program as a collection over the maps of <see cref="RandomMaps"/>.</summary>
    public CollectionSpec ToSpec()
    {
        var spec = new CollectionSpec { Source = $"random program {Seed}", License = "GPL" };
        foreach (MapSpec map in RandomMaps.Specs())
            spec.Maps.Add(map);
        spec.Programs.Add(new ProgramSpec
        {
            Name = "random",
            Type = ProgramType.Xdp,
            License = "GPL",
            Instructions = new ProgramLayout().Build(this),
        });
        return spec;
    }

    /// <summary>Every program with one statement less, or with a compound one replaced by a part of it.</summary>
    public IEnumerable<RandomProgram> Smaller()
    {
        foreach (Statement[] body in Smaller(Body))
            yield return this with { Body = body };
        for (int i = 0; i < Functions.Length; i++)
        {
            foreach (Statement[] function in Smaller(Functions[i]))
            {
                var functions = (Statement[][])Functions.Clone();
                functions[i] = function;
                yield return this with { Functions = functions };
            }
        }
    }

    private static IEnumerable<Statement[]> Smaller(Statement[] statements)
    {
        // Halves first: a failure usually needs few statements.
        if (statements.Length > 3)
        {
            yield return statements[..(statements.Length / 2)];
            yield return statements[(statements.Length / 2)..];
        }
        for (int i = 0; i < statements.Length; i++)
        {
            yield return [.. statements[..i], .. statements[(i + 1)..]];
            foreach (Statement[] replacement in Smaller(statements[i]))
                yield return [.. statements[..i], .. replacement, .. statements[(i + 1)..]];
        }
    }

    private static IEnumerable<Statement[]> Smaller(Statement statement)
    {
        switch (statement)
        {
            case Statement.Branch branch:
                yield return branch.Taken;
                yield return branch.NotTaken;
                foreach (Statement[] taken in Smaller(branch.Taken))
                    yield return [branch with { Taken = taken }];
                foreach (Statement[] notTaken in Smaller(branch.NotTaken))
                    yield return [branch with { NotTaken = notTaken }];
                break;
            case Statement.Loop loop:
                yield return loop.Body;
                if (loop.Count > 1)
                    yield return [loop with { Count = 1 }];
                foreach (Statement[] body in Smaller(loop.Body))
                    yield return [loop with { Body = body }];
                break;
        }
    }

    private static int Count(Statement[] statements) => statements.Sum(statement => 1 + statement switch
    {
        Statement.Branch branch => Count(branch.Taken) + Count(branch.NotTaken),
        Statement.Loop loop => Count(loop.Body),
        _ => 0,
    });
}
