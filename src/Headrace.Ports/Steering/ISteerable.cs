using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Ports;

/// <summary>A port of an interface that the kernel can share: only chosen flows come here, the rest stays with the kernel untouched.</summary>
public interface ISteerable
{
    /// <summary>Chooses the flows that come here, between two packets; those on their way are not lost. None at all takes every packet.</summary>
    /// <exception cref="HeadraceException">The kernel refused the filters; what was there before stays.</exception>
    void Steer(IReadOnlyList<FlowFilter> flows);

    /// <summary>Lets an XDP program choose, in the kernel: it redirects to an xskmap by receive queue what is to come here.</summary>
    /// <param name="spec">The object; its only XDP program and its only xskmap are used.</param>
    /// <exception cref="HeadraceException">The object does not have these, or the kernel refused it; what was there before stays.</exception>
    void Steer(CollectionSpec spec);
}
