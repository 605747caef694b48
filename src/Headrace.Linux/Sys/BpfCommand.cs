namespace Headrace.Linux.Sys;

/// <summary>Commands of bpf(2) (<c>enum bpf_cmd</c>, include/uapi/linux/bpf.h).</summary>
internal enum BpfCommand
{
    MapCreate = 0,
    MapLookupElement = 1,
    MapUpdateElement = 2,
    MapDeleteElement = 3,
    MapGetNextKey = 4,
    ProgramLoad = 5,
    ProgramTestRun = 10,
    ObjectGetInfoByFd = 15,
    BtfLoad = 18,
    MapLookupAndDeleteElement = 21,
    MapFreeze = 22,
    MapLookupBatch = 24,
    MapLookupAndDeleteBatch = 25,
    MapUpdateBatch = 26,
    MapDeleteBatch = 27,
}
