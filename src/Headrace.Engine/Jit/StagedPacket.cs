using System.Runtime.InteropServices;

namespace Headrace.Engine.Jit;

/// <summary>Where a packet stands between two stages. Its tokens follow: those of <see cref="Place"/> first, then those of a guess.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct StagedPacket
{
    /// <summary>Number of the place where it goes on in its turn; 0 for the program's start.</summary>
    public int Place;

    /// <summary>Number of the cut where the next stage goes on; 0 when the packet waits for nothing.</summary>
    public int Next;

    /// <summary>1 when what led to <see cref="Next"/> is a guess.</summary>
    public int IsGuess;

    /// <summary>1 when a stage has written to the stack past <see cref="Place"/>: what it was there is kept in the frame of guesses.</summary>
    public int Restores;
}
