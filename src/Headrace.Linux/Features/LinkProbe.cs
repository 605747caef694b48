using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Whether the kernel links programs of a type to devices: one that does looks for the device before it complains.</summary>
internal static class LinkProbe
{
    public static bool Exists(ProgramType type, AttachType attachType)
    {
        using KernelProgram program = KernelProgram.Load(KernelProgram.ReturnsDrop("probe", type), []);
        var attributes = new LinkCreateAttr { ProgramFd = program.Descriptor.Value, TargetIfindex = int.MaxValue, AttachType = (uint)attachType };
        int result = Bpf.CreateLink(ref attributes);
        if (result >= 0)
            new Descriptor(result).Dispose();
        return result is >= 0 or -ErrorNumber.ENODEV;
    }
}
