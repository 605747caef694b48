using Headrace.Cli.Nouns.Types;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Programs;

/// <summary>A function of a dump.</summary>
/// <param name="Prototype">Its head in C; null without types.</param>
/// <param name="Symbol">The kernel's name of its machine code; null for rewritten instructions.</param>
/// <param name="Instructions">Its instructions.</param>
internal sealed record DumpedFunction(string? Prototype, string? Symbol, IReadOnlyList<DumpedInstruction> Instructions)
{
    /// <summary>The rewritten instructions of a program, cut where its functions begin.</summary>
    public static IReadOnlyList<DumpedFunction> OfTranslated(KernelProgram program)
    {
        TranslatedListing listing = TranslatedListing.Of(program);
        List<DumpedFunction> functions = [];
        List<DumpedInstruction> instructions = [];
        string? prototype = null;
        for (int slot = 0; slot < listing.Instructions.Count; slot += listing.Instructions[slot].Slots)
        {
            int type = listing.FunctionAt(slot);
            if (type != 0 && listing.Types is { } types)
            {
                if (instructions.Count > 0)
                    functions.Add(new DumpedFunction(prototype, null, instructions));
                (prototype, instructions) = (BtfPrototypeText.Of(types, type), []);
            }
            instructions.Add(DumpedInstruction.OfTranslated(listing, slot));
        }
        functions.Add(new DumpedFunction(prototype, null, instructions));
        return functions;
    }

    /// <summary>The machine code of a program.</summary>
    public static IReadOnlyList<DumpedFunction> OfMachineCode(KernelProgram program)
    {
        Headrace.Objects.Btf? types = KernelBtf.TryGetTypes(program.GetInfo().BtfId);
        return
        [
            .. MachineListing.Of(program).Select(listing => new DumpedFunction(
                types is not null && listing.TypeId != 0 ? BtfPrototypeText.Of(types, listing.TypeId) : null,
                listing.Symbol,
                [.. listing.Instructions.Select(DumpedInstruction.OfMachineCode)])),
        ];
    }
}
