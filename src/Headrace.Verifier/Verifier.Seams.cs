using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    public partial void InvalidatePacketPointers() { }
    public partial void ForgetCallerSaved()
    {
        for (int i = 0; i <= 5; i++)
            Frame.Registers[i] = default;
    }
    public partial void CheckHelperMemory(Register register, int size, MemoryAccess access, bool zeroAllowed, bool mayBeUninitialized) { }
    public partial void CheckHelperMemorySize(Register memory, Register size, MemoryAccess access, bool zeroAllowed, bool mayBeUninitialized) { }
    public partial void MarkPrecise(Register register) { }
    public partial int AcquireReference(int slot) => 0;
    public partial bool ReleaseReference(int id) => false;
    public partial void PushCallback(int subprogram, bool isAsync, ReturnRange returns, Action<FunctionState, FunctionState> prepare) { }
}
