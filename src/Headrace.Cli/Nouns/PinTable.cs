using Headrace.Linux;

namespace Headrace.Cli.Nouns;

/// <summary>The paths of pinned objects by their ids.</summary>
internal sealed class PinTable
{
    private readonly ILookup<(PinKind Kind, uint Id), string> _paths;

    private PinTable(IEnumerable<PinnedObject> pins) => _paths = pins.ToLookup(pin => (pin.Kind, pin.Id), pin => pin.Path);

    /// <summary>Reads the mounted file systems; null where pins are not asked for.</summary>
    public static PinTable? Read(Answer answer) => answer.WithPins ? new PinTable(BpfFileSystem.Pins()) : null;

    /// <summary>The paths of an object.</summary>
    public IReadOnlyList<string> PathsOf(PinKind kind, uint id) => [.. _paths[(kind, id)].Order(StringComparer.Ordinal)];
}
