using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private void LogInstruction(Instruction instruction) => Log.WriteLine(Disassembler.LogLine(instruction, Slot));

    private void LogState(FunctionState frame)
    {
        var text = new System.Text.StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $" frame{frame.FrameNumber}:");
        for (int i = 0; i < frame.Registers.Length; i++)
        {
            if (frame.Registers[i].Kind != RegisterKind.NotInitialized)
                text.Append(CultureInfo.InvariantCulture, $" R{i}={frame.Registers[i].KindName}");
        }
        Log.WriteLine(text.ToString());
    }
}
