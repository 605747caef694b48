using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports.Tests;

/// <summary>A control message of an honest peer, to be damaged.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Beside">Descriptors that go with it.</param>
internal sealed record HostileMessage(byte[] Bytes, SafeFileHandle[] Beside);
