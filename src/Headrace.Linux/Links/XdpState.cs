namespace Headrace.Linux;

/// <summary>The XDP programs of a device.</summary>
/// <param name="Attached">How they run.</param>
/// <param name="ProgramId">The program, where there is exactly one; else 0.</param>
/// <param name="NativeProgramId">The program in the driver; 0 for none.</param>
/// <param name="GenericProgramId">The program in the network stack; 0 for none.</param>
/// <param name="HardwareProgramId">The program on the device; 0 for none.</param>
public sealed record XdpState(XdpAttached Attached, uint ProgramId, uint NativeProgramId, uint GenericProgramId, uint HardwareProgramId)
{
    /// <summary>The program of a mode; <see cref="XdpMode.Auto"/>: of whichever there is. 0 for none.</summary>
    public uint ProgramOf(XdpMode mode) => mode switch
    {
        XdpMode.Native => NativeProgramId,
        XdpMode.Generic => GenericProgramId,
        XdpMode.Hardware => HardwareProgramId,
        _ => NativeProgramId != 0 ? NativeProgramId : GenericProgramId != 0 ? GenericProgramId : HardwareProgramId,
    };
}
