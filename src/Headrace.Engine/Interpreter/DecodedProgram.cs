using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>A program's decoded instructions in native memory; freed with the last reference.</summary>
internal sealed unsafe class DecodedProgram
{
    /// <summary>Decodes a program.</summary>
    public DecodedProgram(LoadedProgram program)
    {
        Code = (DecodedInstruction*)NativeMemory.AllocZeroed((nuint)program.Instructions.Length, (nuint)sizeof(DecodedInstruction));
        InstructionDecoder.Decode(program, new Span<DecodedInstruction>(Code, program.Instructions.Length));
    }

    ~DecodedProgram() => NativeMemory.Free(Code);

    /// <summary>The first instruction.</summary>
    public DecodedInstruction* Code { get; }
}
