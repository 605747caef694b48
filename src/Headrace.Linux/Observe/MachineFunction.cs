namespace Headrace.Linux;

/// <summary>The machine code the kernel made of one function.</summary>
/// <param name="Address">Where it lies in the kernel; 0 where the caller may not see it.</param>
/// <param name="Code">Its bytes, for this machine's processor.</param>
/// <param name="Name">The function's name where the program has types; else the program's tag.</param>
public sealed record MachineFunction(ulong Address, byte[] Code, string Name);
