namespace Headrace.Engine;

/// <summary>A lock in one native 32-bit word: 0 free, 1 taken. Held for a few dozen instructions at most, never across user code.</summary>
internal static unsafe class SpinWord
{
    public static void Enter(int* word)
    {
        if (Interlocked.CompareExchange(ref *word, 1, 0) == 0)
            return;
        SpinWait wait = default;
        do
        {
            wait.SpinOnce();
        }
        while (Volatile.Read(ref *word) != 0 || Interlocked.CompareExchange(ref *word, 1, 0) != 0);
    }

    public static void Exit(int* word) => Volatile.Write(ref *word, 0);
}
