using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>libpcap's filter compiler (pcap_compile(3PCAP)).</summary>
internal static unsafe class Pcap
{
    // The name differs with the distribution; the interface does not.
    private static readonly string[] s_names = ["libpcap.so.1", "libpcap.so.0.8", "libpcap.so"];
    private static readonly Lazy<nint> s_library = new(Find);

    /// <summary>True when the library is there.</summary>
    public static bool IsAvailable => s_library.Value != 0;

    /// <summary>Opens a capture that captures nothing, to compile for its link type.</summary>
    public static nint OpenDead(int linkType, int snapshotLength) =>
        ((delegate* unmanaged<int, int, nint>)Export("pcap_open_dead"))(linkType, snapshotLength);

    /// <summary>Compiles an expression; less than 0 when it cannot be.</summary>
    public static int Compile(nint handle, PcapProgram* program, string expression, bool optimize, uint netmask)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(expression);
        try
        {
            return ((delegate* unmanaged<nint, PcapProgram*, byte*, int, uint, int>)Export("pcap_compile"))(handle, program, (byte*)text, optimize ? 1 : 0, netmask);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    /// <summary>What was wrong with the last expression.</summary>
    public static string GetError(nint handle) => Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Export("pcap_geterr"))(handle)) ?? "";

    /// <summary>Releases a compiled filter's instructions.</summary>
    public static void FreeCode(PcapProgram* program) => ((delegate* unmanaged<PcapProgram*, void>)Export("pcap_freecode"))(program);

    /// <summary>Closes a capture.</summary>
    public static void Close(nint handle) => ((delegate* unmanaged<nint, void>)Export("pcap_close"))(handle);

    private static nint Export(string name) => NativeLibrary.GetExport(s_library.Value, name);

    private static nint Find()
    {
        foreach (string name in s_names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
                return library;
        }
        return 0;
    }
}
