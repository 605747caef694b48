namespace Headrace.Bytecode;

/// <summary>The root of every error that Headrace reports: the message says what, where and what to do.</summary>
public class HeadraceException : Exception
{
    /// <summary>Makes an error with a message for a person.</summary>
    public HeadraceException(string message) : base(message) { }

    /// <summary>Makes an error with a message for a person and the error that caused it.</summary>
    public HeadraceException(string message, Exception inner) : base(message, inner) { }
}
