namespace Headrace.Bytecode;

/// <summary>Something valid that the place it was given to cannot do.</summary>
/// <param name="subject">What asks for it, such as <c>program 'trace'</c>.</param>
/// <param name="feature">The feature, by name, such as <c>helper bpf_sk_lookup_tcp</c>.</param>
/// <param name="reason">Why it is not there and what to do.</param>
public sealed class UnsupportedFeatureException(string subject, string feature, string reason)
    : HeadraceException($"{subject} needs {feature}: {reason}")
{
    /// <summary>What asks for it.</summary>
    public string Subject { get; } = subject;

    /// <summary>The feature, by name.</summary>
    public string Feature { get; } = feature;
}
