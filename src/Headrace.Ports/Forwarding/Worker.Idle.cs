namespace Headrace.Ports;

/// <content>What it does while no packet comes.</content>
internal sealed partial class Worker
{
    private WakeSet _wake = null!;
    private ulong _idleSince;
    private int _idleRound;

    private void BeIdle(ulong now)
    {
        // A stop is under way: soon there is work or the end.
        if (_phase != WorkerPhase.Running)
        {
            Thread.Yield();
            return;
        }
        if (_quietRounds != ++_idleRound)
            (_idleRound, _idleSince) = (_quietRounds, now);
        switch (_options.Idle)
        {
            case IdleMode.Spin:
                break;
            case IdleMode.Sleep:
                Thread.Sleep(_options.NapTime);
                break;
            case IdleMode.Adaptive when now - _idleSince < (ulong)_options.SpinTime.TotalNanoseconds:
                break;
            default:
                SleepUntilWoken();
                break;
        }
    }

    private void SleepUntilWoken()
    {
        Bell.LieDown();
        // What was given before the bell was armed rings nobody.
        bool something = _hasNext || _phase != WorkerPhase.Running;
        foreach (Handoff handoff in _incoming)
            something |= handoff.Count > 0;
        if (!something)
            _wake.Wait();
        Bell.GetUp();
    }
}
