using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>The pair of rings of one queue for one connection.</summary>
internal abstract unsafe class DriverSide
{
    /// <summary>Frames sent that the device has not done with.</summary>
    public abstract int Unsent { get; }

    /// <summary>Offers free buffers to the device, to receive into.</summary>
    public abstract void Refill(VirtioUserQueue queue);

    /// <summary>Lends what arrived and offers new buffers.</summary>
    public abstract int Receive(VirtioUserQueue queue, Frame* frames, int capacity);

    /// <summary>Sends frames and counts them; those that the queue owns and that did not go out are given back.</summary>
    public abstract void Send(VirtioUserQueue queue, Frame* frames, int count, bool isOwn);

    /// <summary>Takes back what the device has sent on, and tells it what is new, when it wants to know.</summary>
    public abstract void Flush(VirtioUserQueue queue);

    /// <summary>Takes back the buffers that the device of a former connection holds.</summary>
    public abstract void TakeBack(VirtioUserQueue queue);
}
