namespace Headrace.Engine;

/// <summary>What the interpreter does besides running; a struct as type parameter, so that what is off costs nothing.</summary>
internal interface IExecutionPolicy
{
    /// <summary>True to tell the observer of each instruction.</summary>
    static abstract bool Observes { get; }

    /// <summary>True to stop before each instruction but the first.</summary>
    static abstract bool Steps { get; }

    /// <summary>Runs, and nothing else.</summary>
    readonly struct Plain : IExecutionPolicy
    {
        public static bool Observes => false;

        public static bool Steps => false;
    }

    /// <summary>Tells the observer.</summary>
    readonly struct Observed : IExecutionPolicy
    {
        public static bool Observes => true;

        public static bool Steps => false;
    }

    /// <summary>Runs one instruction.</summary>
    readonly struct Stepped : IExecutionPolicy
    {
        public static bool Observes => true;

        public static bool Steps => true;
    }
}
