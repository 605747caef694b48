using Headrace.Bytecode;
using Headrace.Engine;

namespace Headrace.Ports;

/// <content>Frames between workers.</content>
internal sealed unsafe partial class Worker
{
    private readonly Toeplitz _rss;
    private readonly Destination _gone;
    private Handoff?[] _outgoing = [];
    private Handoff[] _incoming = [];

    /// <summary>Gives each flow's frames to its worker; this one's move to the front.</summary>
    /// <returns>How many are this one's.</returns>
    private int Spread(WorkerInput input, Frame* frames, int count)
    {
        int mine = 0;
        ulong tag = new HandoffTag(HandoffKind.Run, input.Port, 0).Value;
        for (int i = 0; i < count; i++)
        {
            int worker = (int)(_rss.HashPacket(frames[i].Data, frames[i].Length) % (uint)_options.Workers);
            if (_outgoing[worker] is { } handoff)
            {
                handoff.Add(frames + i, tag, Counters);
                _gone.Gather(frames + i);
            }
            else
            {
                frames[mine++] = frames[i];
            }
        }
        if (_gone.Count > 0)
            _gone.SendGathered(input.Queue);
        PublishHandoffs();
        return mine;
    }

    private Destination RedirectToWorker(Map map, int port, Frame* frame)
    {
        uint worker = frame->RedirectKey;
        if (worker >= (uint)_options.Workers)
            return _destinations.NoTarget;
        int program = RedirectResolver.ProgramOf(map, worker)?.Id ?? 0;
        if (_outgoing[worker] is not { } handoff)
            return RunForProcessor(program, port, frame);
        handoff.Add(frame, new HandoffTag(HandoffKind.RunCpu, port, program).Value, Counters);
        return _gone;
    }

    // A cpumap's program may drop, pass or send by another port; without one the frame passes.
    private Destination RunForProcessor(int id, int port, Frame* frame)
    {
        if (id == 0 || !LoadedProgram.TryFind(id, out LoadedProgram? program))
            return _destinations.Pass(port);
        frame->RedirectMap = 0;
        frame->RedirectTarget = frame->RedirectKey = frame->RedirectFlags = 0;
        RunProgram(_program.Executor(program), port, frame, 1);
        switch ((XdpAction)frame->Verdict)
        {
            case XdpAction.Pass:
                return _destinations.Pass(port);
            case XdpAction.Drop:
                return _destinations.Dropped;
            case XdpAction.Redirect when _redirects.MapOf(frame) is not { Type: MapType.CpuMap }:
                return Redirect(port, frame);
            default:
                return Abort(port, frame);
        }
    }

    private int TakeHanded(Handoff handoff)
    {
        Frame* frames = _handedFrames.Frames;
        int count = handoff.Queue.Receive(frames, _options.Burst);
        // Neighbours with the same tag have the same way to go.
        for (int start = 0, end; start < count; start = end)
        {
            ulong tag = frames[start].Buffer;
            for (end = start + 1; end < count && frames[end].Buffer == tag; end++) { }
            Finish(HandoffTag.Of(tag), handoff.Queue, frames + start, end - start);
        }
        return count;
    }

    private void Finish(HandoffTag tag, PacketQueue owner, Frame* frames, int count)
    {
        switch (tag.Kind)
        {
            case HandoffKind.Run:
                Process(_program.Main, tag.Port, owner, frames, count);
                break;
            case HandoffKind.RunCpu:
                for (int i = 0; i < count; i++)
                    RunForProcessor(tag.Number, tag.Port, frames + i).Gather(frames + i);
                SendGathered(owner);
                break;
            default:
                Destination destination = _destinations.Of((Outcome)tag.Number, tag.Port);
                destination.Send(owner, frames, count);
                destination.Queue?.Flush();
                RecordLatency(frames, count);
                break;
        }
    }

    private void PublishHandoffs()
    {
        foreach (Handoff? handoff in _outgoing)
            handoff?.Publish();
    }
}
