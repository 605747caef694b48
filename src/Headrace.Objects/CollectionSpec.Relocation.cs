using Headrace.Objects.Core;

namespace Headrace.Objects;

/// <content>Fitting programs to a target's types.</content>
public sealed partial class CollectionSpec
{
    /// <summary>
    /// Fits every program to the types of a target (CO-RE), such as a kernel's <c>/sys/kernel/btf/vmlinux</c>. Programs without CO-RE
    /// relocations stay as they are. It may be repeated with another target.
    /// </summary>
    /// <remarks>
    /// Without it programs are as compiled, fit for the layouts that the object's own headers had, which is what an engine without a
    /// kernel wants.
    /// </remarks>
    /// <returns>The instructions that the target leaves without a meaning; programs guard such by asking whether the field exists.</returns>
    /// <exception cref="ObjectException">A relocation is damaged, or the target's types answer in several ways.</exception>
    public IReadOnlyList<CorePoison> Relocate(Btf target)
    {
        List<CorePoison> poisoned = [];
        if (Types is null)
            return poisoned;
        var resolver = new CoreResolver(Types, target);
        foreach (ProgramSpec program in Programs)
            new CorePatcher(this, program, resolver, poisoned).Patch();
        return poisoned;
    }
}
