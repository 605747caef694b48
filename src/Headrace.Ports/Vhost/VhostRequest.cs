namespace Headrace.Ports;

/// <summary>Requests of the vhost-user protocol, from front end to back end (docs/interop/vhost-user in QEMU's documentation).</summary>
internal enum VhostRequest : uint
{
    None = 0,
    GetFeatures = 1,
    SetFeatures = 2,
    SetOwner = 3,
    ResetOwner = 4,
    SetMemoryTable = 5,
    SetLogBase = 6,
    SetLogDescriptor = 7,
    SetVringNumber = 8,
    SetVringAddress = 9,
    SetVringBase = 10,
    GetVringBase = 11,
    SetVringKick = 12,
    SetVringCall = 13,
    SetVringError = 14,
    GetProtocolFeatures = 15,
    SetProtocolFeatures = 16,
    GetQueueNumber = 17,
    SetVringEnable = 18,
    SendRarp = 19,
    SetMtu = 20,
    SetStatus = 39,
    GetStatus = 40,
}
