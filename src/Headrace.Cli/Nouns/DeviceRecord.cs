using System.Text.Json;
using Headrace.Linux;

namespace Headrace.Cli.Nouns;

/// <summary>The device that a program or map is bound to.</summary>
internal static class DeviceRecord
{
    public static void WriteJson(Utf8JsonWriter json, uint index, ulong netnsDevice, ulong netnsInode)
    {
        if (index == 0)
            return;
        json.WriteStartObject("dev");
        json.WriteNumber("ifindex", index);
        json.WriteNumber("ns_dev", netnsDevice);
        json.WriteNumber("ns_inode", netnsInode);
        if (NameOf(index) is { } name)
            json.WriteString("ifname", name);
        json.WriteEndObject();
    }

    public static void WriteText(TextWriter output, uint index, ulong netnsDevice, ulong netnsInode)
    {
        if (index != 0)
            output.Write($"  offloaded_to {NameOf(index) ?? $"ifindex {index} ns_dev {netnsDevice} ns_ino {netnsInode}"}");
    }

    private static string? NameOf(uint index) => NetworkDevice.All().FirstOrDefault(device => device.Index == index)?.Name;
}
