using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Linux.Tests.Rings;

/// <summary>The object of these tests, loaded.</summary>
internal static class RingTrial
{
    public const int EventSize = 64;

    public static string ObjectPath => Path.Combine(Repository.Root, "tests", "Headrace.Linux.Tests", "Rings", "rings.bpf.o");

    public static KernelCollection Load() => KernelCollection.Load(CollectionSpec.Load(ObjectPath));

    /// <summary>The sequence number in an event.</summary>
    public static ulong SequenceOf(ReadOnlySpan<byte> record) => BitConverter.ToUInt64(record);

    /// <summary>A packet whose events are kept, or with an odd first byte taken back.</summary>
    public static byte[] Packet(bool odd = false) => [odd ? (byte)1 : (byte)0, .. new byte[63]];
}
