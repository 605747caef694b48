using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Ports;

/// <summary>A port as people write it: <c>kind:NAME,key=value,key</c>, such as <c>afxdp:eth0,queue=all</c>.</summary>
/// <remarks>A key without a value is a flag. The part behind the kind is kept as written too (<see cref="Arguments"/>), for kinds with a syntax of their own.</remarks>
public sealed class PortSpec
{
    private readonly List<KeyValuePair<string, string?>> _options;

    private PortSpec(string text, string kind, string arguments, string name, List<KeyValuePair<string, string?>> options) =>
        (Text, Kind, Arguments, Name, _options) = (text, kind, arguments, name, options);

    /// <summary>The whole specification as written.</summary>
    public string Text { get; }

    /// <summary>What kind of port: the word before the first colon.</summary>
    public string Kind { get; }

    /// <summary>Everything behind the first colon.</summary>
    public string Arguments { get; }

    /// <summary>The first piece when it is no option: an interface, a socket, a name; else empty.</summary>
    public string Name { get; }

    /// <summary>The options in the order written; null for a flag's value.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Options => _options;

    /// <summary>Reads a specification. Whether the kind exists and knows the options is checked when the port is opened.</summary>
    /// <exception cref="PortException">It has no <c>kind:</c>, or an option twice or without a name.</exception>
    public static PortSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            throw new PortException($"port '{text}'", $"a port is kind:NAME,key=value; kinds are {PortKinds.Names}");
        string kind = text[..colon], arguments = text[(colon + 1)..];
        string[] pieces = arguments.Split(',', StringSplitOptions.TrimEntries);
        bool named = !pieces[0].Contains('=', StringComparison.Ordinal);
        var options = new List<KeyValuePair<string, string?>>();
        if (kind == DpdkPort.KindName)
            return new PortSpec(text, kind, arguments, "", options); // words of EAL's, which repeat keys as they like
        foreach (string piece in named ? pieces.AsSpan(1) : pieces)
        {
            int equals = piece.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? piece : piece[..equals];
            if (key.Length == 0)
                throw new PortException(text, $"'{piece}' has no name: an option is key=value or key");
            if (options.Exists(option => option.Key == key))
                throw new PortException(text, $"'{key}' is given twice");
            options.Add(new(key, equals < 0 ? null : piece[(equals + 1)..]));
        }
        return new PortSpec(text, kind, arguments, named ? pieces[0] : "", options);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Refuses options that the kind does not know, and a missing name where one is needed.</summary>
    /// <param name="nameIs">What the name stands for, such as <c>an interface</c>; null when there must be none.</param>
    /// <param name="keys">Every key the kind knows.</param>
    /// <exception cref="PortException">An option is unknown, or the name is missing or too much.</exception>
    internal PortSpec Require(string? nameIs, params ReadOnlySpan<string> keys)
    {
        foreach ((string key, _) in _options)
        {
            if (!keys.Contains(key))
                throw Fail(keys.IsEmpty ? $"'{key}': {Kind}: has no options" : $"'{key}' is no option of {Kind}:; there are: {string.Join(", ", keys.ToArray())}");
        }
        if (nameIs is null && Name.Length > 0)
            throw Fail($"'{Name}': {Kind}: takes options only");
        if (nameIs is not null && Name.Length == 0)
            throw Fail($"{nameIs} is missing: {Kind}:NAME");
        return this;
    }

    /// <summary>True when the option is there.</summary>
    internal bool Has(string key) => _options.Exists(option => option.Key == key);

    /// <summary>The text of an option; null when it is not there.</summary>
    /// <exception cref="PortException">It is there without a value.</exception>
    internal string? Value(string key)
    {
        foreach ((string name, string? value) in _options)
        {
            if (name == key)
                return string.IsNullOrEmpty(value) ? throw Fail($"'{key}' wants a value: {key}=...") : value;
        }
        return null;
    }

    /// <summary>True when a flag is set: <c>key</c>, <c>key=yes</c> or <c>key=no</c>.</summary>
    /// <exception cref="PortException">Its value is neither yes nor no.</exception>
    internal bool Flag(string key, bool otherwise = false)
    {
        foreach ((string name, string? value) in _options)
        {
            if (name == key)
            {
                return value switch
                {
                    null or "yes" => true,
                    "no" => false,
                    _ => throw Fail($"'{key}={value}': yes or no"),
                };
            }
        }
        return otherwise;
    }

    /// <summary>The number of an option.</summary>
    /// <exception cref="PortException">It is no whole number from <paramref name="minimum"/> to <paramref name="maximum"/>.</exception>
    internal int Number(string key, int otherwise, int minimum, int maximum)
    {
        if (Value(key) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum
            ? number
            : throw Fail($"'{key}={text}': a whole number from {minimum} to {maximum} is wanted");
    }

    /// <summary>The number of an option that must be a power of two, as the sizes of rings are.</summary>
    /// <exception cref="PortException">It is none from <paramref name="minimum"/> to <paramref name="maximum"/>.</exception>
    internal int PowerOfTwo(string key, int otherwise, int minimum, int maximum)
    {
        int number = Number(key, otherwise, minimum, maximum);
        return int.IsPow2(number) ? number : throw Fail($"'{key}={number}': a power of two from {minimum} to {maximum} is wanted");
    }

    /// <summary>One of several words.</summary>
    /// <exception cref="PortException">It is another.</exception>
    internal string Choice(string key, string otherwise, params ReadOnlySpan<string> words)
    {
        string word = Value(key) ?? otherwise;
        return words.Contains(word) ? word : throw Fail($"'{key}={word}': {string.Join(" or ", words.ToArray())} is wanted");
    }

    /// <summary>Makes something the port needs; an error becomes one about this port.</summary>
    internal T Make<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (HeadraceException error) when (error is not PortException)
        {
            throw Fail(error.Message, error);
        }
    }

    /// <summary>An error about this port.</summary>
    internal PortException Fail(string reason, Exception? inner = null) => new(Text, reason, inner);
}
