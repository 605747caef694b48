using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Numbers that take 64 bits to write and that a program needs again and again, addresses of data sections among them: they get variables, set once a burst.</summary>
/// <remarks>
/// The runtime's compiler writes such a number again at every use, so it is not to know these: each is an exclusive or with a zero that comes
/// from memory.
/// </remarks>
internal sealed class RepeatedConstants
{
    private const int Most = 8, LeastUses = 4;

    // An address of a data section becomes part of the instruction that uses it.
    private const int AddressGain = 2;

    // A loop is taken to run so many rounds, and nests beyond some depth to be no hotter.
    private const int Rounds = 8, MaxDepth = 3;

    private readonly Dictionary<long, LocalBuilder> _variables = [];

    /// <summary>Sets the variables.</summary>
    /// <param name="il">Where to write.</param>
    /// <param name="function">Whose constants.</param>
    /// <param name="maps">The program's maps.</param>
    /// <param name="machine">Writes what is done with the machine.</param>
    /// <param name="state">The local that holds the machine's native part.</param>
    public RepeatedConstants(ILGenerator il, GraphFunction function, Map[] maps, MachineCode machine, LocalBuilder state)
    {
        foreach (long value in Find(function, maps))
        {
            LocalBuilder variable = il.DeclareLocal(typeof(ulong));
            machine.LoadField(state, nameof(MachineState.Zero));
            il.Emit(OpCodes.Ldc_I8, value);
            il.Emit(OpCodes.Xor);
            il.Emit(OpCodes.Stloc, variable);
            _variables.Add(value, variable);
        }
    }

    /// <summary>The variable that holds a number; null for one that has none.</summary>
    public LocalBuilder? Of(long value) => _variables.GetValueOrDefault(value);

    private static IEnumerable<long> Find(GraphFunction function, Map[] maps)
    {
        var uses = new Dictionary<long, int>();
        foreach (Block block in function.Blocks)
        {
            int weight = (int)Math.Pow(Rounds, Math.Min(block.LoopDepth, MaxDepth));
            foreach (Actor actor in block.Actors)
            {
                foreach (Actor input in actor.Inputs)
                {
                    if (input.Kind == ActorKind.Constant && input.Immediate != (int)input.Immediate && !actor.Is32)
                        Add(input.Immediate, weight);
                    else if (input.Kind == ActorKind.MapValueAddress)
                        Add((long)MapValues.Address(maps[input.Map]), weight * AddressGain);
                }
            }
        }
        return uses.Where(use => use.Value >= LeastUses).OrderByDescending(use => use.Value).ThenBy(use => use.Key).Take(Most).Select(use => use.Key);

        void Add(long value, int weight) => uses[value] = uses.GetValueOrDefault(value) + weight;
    }
}
