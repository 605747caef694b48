using Headrace.Bytecode;
using static Headrace.Bytecode.Register;

namespace Headrace.Linux.Tests.Differential;

/// <summary>Draws valid programs from a seed: every instruction, jumps, loops, calls, packet, stack and maps.</summary>
internal sealed class ProgramGenerator
{
    private const int MaxDepth = 3;
    private const int MaxFunctions = 3;

    private static readonly Register[] s_bodyNumbers = [R0, R1, R2, R3, R4, R5, R9];
    private static readonly Register[] s_functionNumbers = [R0, R1, R2, R3, R4, R5, R6, R7, R8, R9];

    private readonly SeededRandom _random;
    private readonly StatementMaker _body;
    private readonly StatementMaker _function;
    private readonly int _functions;

    private ProgramGenerator(ulong seed)
    {
        _random = new SeededRandom(seed);
        _body = new StatementMaker(_random, s_bodyNumbers, inBody: true);
        _function = new StatementMaker(_random, s_functionNumbers, inBody: false);
        _functions = _random.OneIn(3) ? _random.Between(1, MaxFunctions) : 0;
    }

    /// <summary>The program of a seed.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="statements">Statements of the body at most.</param>
    public static RandomProgram Generate(ulong seed, int statements) => new ProgramGenerator(seed).Generate(seed, statements, MaxDepth);

    private RandomProgram Generate(ulong seed, int statements, int depth)
    {
        Statement[] body = Statements(_body, _random.Between(1, statements), depth, loops: 0, firstCallable: 0);
        var functions = new Statement[_functions][];
        for (int i = 0; i < functions.Length; i++)
            functions[i] = Statements(_function, _random.Between(1, 8), depth - 1, loops: 0, firstCallable: i + 1);
        return new RandomProgram(seed, body, functions);
    }

    private Statement[] Statements(StatementMaker maker, int count, int depth, int loops, int firstCallable)
    {
        var statements = new Statement[count];
        for (int i = 0; i < count; i++)
            statements[i] = Next(maker, depth, loops, firstCallable);
        return statements;
    }

    private Statement Next(StatementMaker maker, int depth, int loops, int firstCallable)
    {
        if (depth > 0 && _random.OneIn(6))
        {
            // Every branch in a loop doubles what the kernel's verifier has to look at in each round.
            int room = loops > 0 ? 2 : 5;
            return new Statement.Branch(
                maker.Condition(),
                Statements(maker, _random.Below(room), loops > 0 ? 0 : depth - 1, loops, firstCallable),
                Statements(maker, _random.Between(1, room), loops > 0 ? 0 : depth - 1, loops, firstCallable),
                _random.OneIn(3));
        }
        if (depth > 1 && loops < 2 && _random.OneIn(16))
        {
            return new Statement.Loop(_random.Between(1, 4), ProgramLayout.CounterOffset(loops),
                Statements(maker, _random.Between(1, 4), depth - 1, loops + 1, firstCallable));
        }
        if (firstCallable < _functions && loops == 0 && _random.OneIn(6))
            return new Statement.Call(_random.Between(firstCallable, _functions - 1), maker.Restore());
        return maker.Straight();
    }
}
