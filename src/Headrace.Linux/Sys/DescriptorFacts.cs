using System.Globalization;

namespace Headrace.Linux.Sys;

/// <summary>What <c>/proc/self/fdinfo</c> tells of an object beyond its record: the memory it takes, whether it is frozen.</summary>
internal sealed class DescriptorFacts
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    public DescriptorFacts(Descriptor descriptor)
    {
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{descriptor.Value}")))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                _fields[line[..colon]] = line[(colon + 1)..].Trim();
        }
    }

    /// <summary>The number of a field; null when the kernel does not write it.</summary>
    public long? Number(string field) =>
        _fields.TryGetValue(field, out string? text) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : null;
}
