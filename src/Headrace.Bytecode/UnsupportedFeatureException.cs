namespace Headrace.Bytecode;

/// <summary>Something valid that this place cannot do: the message names the feature and what to do instead.</summary>
/// <param name="feature">The feature, in the field's words, such as <c>helper bpf_sk_lookup_tcp</c>.</param>
/// <param name="message">What, where and what to do.</param>
public sealed class UnsupportedFeatureException(string feature, string message) : HeadraceException(message)
{
    /// <summary>The feature, in the field's words.</summary>
    public string Feature { get; } = feature;
}
