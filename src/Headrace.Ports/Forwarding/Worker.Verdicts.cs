using Headrace.Bytecode;
using Headrace.Engine;

namespace Headrace.Ports;

/// <content>From verdict to action.</content>
internal sealed unsafe partial class Worker
{
    // No program's verdict: marks frames that a burst which stopped has not reached.
    private const uint NoVerdict = 0xdead_beef;

    private readonly BorrowedQueue _borrowed = new();

    /// <summary>Runs a program on frames and sends each where its verdict says.</summary>
    private void Process(Executor executor, int port, PacketQueue owner, Frame* frames, int count)
    {
        RunProgram(executor, port, frames, count);
        // The common case, a burst that goes one way, moves no descriptions.
        Destination? all = !FrameLoops.HaveOneVerdict(frames, count) ? null : (XdpAction)frames->Verdict switch
        {
            XdpAction.Drop => _destinations.Dropped,
            XdpAction.Pass => _destinations.Pass(port),
            XdpAction.Tx => _destinations.Transmit(port),
            _ => null,
        };
        if (all is null)
        {
            Scatter(port, owner, frames, count);
            return;
        }
        all.Send(owner, frames, count);
        if (all.Queue is { } queue)
        {
            queue.Flush();
            RecordLatency(frames, count);
        }
        if (owner != all.Queue)
            owner.Flush();
    }

    private void Scatter(int port, PacketQueue owner, Frame* frames, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Frame* frame = frames + i;
            Destination destination = (XdpAction)frame->Verdict switch
            {
                XdpAction.Drop => _destinations.Dropped,
                XdpAction.Pass => _destinations.Pass(port),
                XdpAction.Tx => _destinations.Transmit(port),
                XdpAction.Redirect => Redirect(port, frame),
                _ => Abort(port, frame),
            };
            destination.Gather(frame);
        }
        SendGathered(owner);
    }

    // A destination's frames stay described after they were sent, until the next burst: the clock is read once all rings were told.
    private void SendGathered(PacketQueue owner)
    {
        Span<int> counts = stackalloc int[_destinations.All.Count];
        for (int i = 0; i < counts.Length; i++)
        {
            Destination destination = _destinations.All[i];
            counts[i] = destination.Count > 0 ? destination.SendGathered(owner) : 0;
        }
        if (_gone.Count > 0)
            _gone.SendGathered(owner);
        PublishHandoffs();
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
                _destinations.All[i].Queue?.Flush();
        }
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0 && _destinations.All[i].Queue is not null)
                RecordLatency(_destinations.All[i].Frames, counts[i]);
        }
        owner.Flush();
    }

    private void RunProgram(Executor executor, int port, Frame* frames, int count)
    {
        FrameLoops.SetVerdicts(frames, count, NoVerdict);
        int done = 0;
        while (done < count)
        {
            try
            {
                executor.Run(frames + done, count - done);
                return;
            }
            catch (ProgramFaultException error)
            {
                // The frames before it have their verdicts; this one gets one, and the rest are run.
                while (frames[done].Verdict != NoVerdict)
                    done++;
                frames[done].Verdict = (uint)XdpAction.Aborted;
                _samples.Offer(frames + done, _ports[port].Spec.Text, error.Message);
                done++;
            }
        }
    }

    private Destination Abort(int port, Frame* frame)
    {
        _samples.Offer(frame, _ports[port].Spec.Text, null);
        return _destinations.Aborted;
    }

    private Destination Redirect(int port, Frame* frame)
    {
        if (_redirects.MapOf(frame) is not { } map)
            return frame->RedirectMap == 0 ? _destinations.Redirect(_redirects.PortOf(frame->RedirectTarget)) : _destinations.NoTarget;
        if (RedirectResolver.HoldsDevices(map))
            return RedirectResolver.IsBroadcast(frame) ? Broadcast(map, frame) : RedirectToDevice(map, port, frame);
        return map.Type == MapType.CpuMap ? RedirectToWorker(map, port, frame) : _destinations.Redirect(_redirects.ReceiverOf(map, frame->RedirectKey));
    }

    private Destination RedirectToDevice(Map map, int port, Frame* frame)
    {
        Destination destination = _destinations.Redirect(_redirects.PortOf(frame->RedirectTarget));
        if (destination == _destinations.NoTarget || RedirectResolver.ProgramOf(map, frame->RedirectKey) is not { } program)
            return destination;
        // A devmap's program sees the frame on its way out and may only let it go on or not.
        frame->EgressIfindex = frame->RedirectTarget;
        RunProgram(_program.Executor(program), port, frame, 1);
        return (XdpAction)frame->Verdict switch
        {
            XdpAction.Pass => destination,
            XdpAction.Drop => _destinations.Dropped,
            _ => Abort(port, frame),
        };
    }

    // All but the last get copies; the frame itself goes to the last.
    private Destination Broadcast(Map map, Frame* frame)
    {
        Span<int> targets = stackalloc int[_ports.Count];
        int count = _redirects.Targets(map, frame, targets);
        if (count == 0)
            return _destinations.NoTarget;
        for (int i = 0; i < count - 1; i++)
        {
            Destination destination = _destinations.Redirect(targets[i]);
            Counters.CountCopies(1);
            destination.Send(_borrowed, frame, 1);
            destination.Queue?.Flush();
        }
        return _destinations.Redirect(targets[count - 1]);
    }

    private void RecordLatency(Frame* frames, int count)
    {
        ulong now = PortClock.Now;
        for (int i = 0; i < count;)
        {
            // Most rings stamp a burst once.
            ulong received = frames[i].Timestamp;
            int same = FrameLoops.CountSameTimestamp(frames + i, count - i);
            i += same;
            if (received != 0)
                Latency.Record(now > received ? now - received : 0, same);
        }
    }
}
