using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Headrace.Bytecode;

namespace Headrace.Bench;

/// <summary>The programs of compute.bpf.c as clang compiles them for this processor, in a library that is loaded here.</summary>
internal sealed unsafe class NativeCode : IDisposable
{
    private static readonly string[] s_sources = ["suite.h", "compute.bpf.c", "native.c"];

    private readonly nint _library;

    private NativeCode(nint library) => _library = library;

    /// <summary>Compiles and loads them.</summary>
    /// <returns>Null where that cannot be; <paramref name="reason"/> says why.</returns>
    public static NativeCode? TryLoad(out string reason)
    {
        const string Header = "/usr/include/bpf/bpf_helpers.h";
        reason = File.Exists(Header) ? "" : "libbpf-dev is not installed";
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            reason = "native.c wants an x86-64 processor";
        if (reason.Length > 0)
            return null;
        string folder = Directory.CreateTempSubdirectory("headrace-native-").FullName;
        try
        {
            foreach (string source in s_sources)
                File.WriteAllBytes(Path.Combine(folder, source), Resources.Read(source));
            string library = Path.Combine(folder, "native.so");
            using (Process compiler = Process.Start("clang", ["-O2", "-shared", "-fPIC", "-w", "-o", library, Path.Combine(folder, "native.c")]))
            {
                compiler.WaitForExit();
                if (compiler.ExitCode != 0)
                    throw new HeadraceException("native.c does not compile: see clang's message above");
            }
            return new NativeCode(NativeLibrary.Load(library));
        }
        catch (Win32Exception error)
        {
            reason = $"no clang: {error.Message}";
            return null;
        }
        finally
        {
            // A loaded library needs its file no longer.
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Times a program.</summary>
    public NativeTimer Timer(string program, byte[] packet) => new(
        (delegate* unmanaged<void*, uint*, uint, uint, void>)NativeLibrary.GetExport(_library, "native_" + program), Packets(packet));

    /// <inheritdoc/>
    public void Dispose() => NativeLibrary.Free(_library);

    // They are small and stay.
    private void* Packets(byte[] packet)
    {
        var make = (delegate* unmanaged<byte*, uint, uint, void*>)NativeLibrary.GetExport(_library, "native_packets");
        fixed (byte* bytes = packet)
        {
            void* packets = make(bytes, (uint)packet.Length, NativeTimer.Burst);
            return packets != null ? packets : throw new OutOfMemoryException("no memory at addresses of 32 bits");
        }
    }
}
