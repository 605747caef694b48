namespace Headrace.Engine.Jit;

/// <summary>Runs a stage over a burst; those that run ahead answer how many packets wait for an entry.</summary>
internal unsafe delegate int StageMethod(Machine machine, Frame* frames, int count, StagedBurst* burst);

/// <summary>A program cut into stages.</summary>
/// <param name="Sites">The look-ups that packets may wait at, by bit.</param>
/// <param name="Ahead">Takes each packet to its next cut, without any effect.</param>
/// <param name="Last">Takes each packet from where it stands to the end, in order.</param>
/// <param name="RecordBytes">Bytes of a packet's record.</param>
/// <param name="StackStride">Bytes of a packet's stack frames; 0 when they may all use the machine's.</param>
internal sealed record StagedProgram(StagedSite[] Sites, StageMethod Ahead, StageMethod Last, int RecordBytes, int StackStride);
