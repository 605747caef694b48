using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>A filter on a socket: packets it answers 0 for do not reach the socket, others are cut to the length it answers. Dispose of it to detach.</summary>
public sealed class SocketFilter : IDisposable
{
    // asm-generic/socket.h
    private const int SocketLevel = 1, AttachFilter = 26, DetachFilter = 27, AttachBpf = 50;
    private const int ClassicSize = 8; // struct sock_filter
    private const int MostClassic = 4096; // BPF_MAXINSNS

    private Socket? _socket;

    private SocketFilter(Socket socket) => _socket = socket;

    /// <summary>Attaches a program of type <see cref="ProgramType.SocketFilter"/> in place of whatever filter the socket has.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static SocketFilter Attach(Socket socket, KernelProgram program)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(value, program.Descriptor.Value);
        Set(socket, AttachBpf, value, "SO_ATTACH_BPF");
        GC.KeepAlive(program);
        return new SocketFilter(socket);
    }

    /// <summary>Attaches a classic filter in place of whatever filter the socket has. Needs no privileges.</summary>
    /// <exception cref="ArgumentException">It is empty or has more than 4096 instructions.</exception>
    /// <exception cref="KernelException">The kernel refused it: a jump out of the filter, an unknown code, no return at its end.</exception>
    public static unsafe SocketFilter Attach(Socket socket, ReadOnlySpan<ClassicInstruction> filter)
    {
        if (filter.IsEmpty || filter.Length > MostClassic)
            throw new ArgumentException($"a classic filter has 1 to {MostClassic} instructions, not {filter.Length}", nameof(filter));
        byte[] code = new byte[filter.Length * ClassicSize];
        for (int i = 0; i < filter.Length; i++)
        {
            Span<byte> one = code.AsSpan(i * ClassicSize);
            BinaryPrimitives.WriteUInt16LittleEndian(one, filter[i].Code);
            (one[2], one[3]) = (filter[i].JumpTrue, filter[i].JumpFalse);
            BinaryPrimitives.WriteUInt32LittleEndian(one[4..], filter[i].Value);
        }
        fixed (byte* pointer = code)
        {
            // struct sock_fprog: length, padding, pointer
            Span<byte> value = stackalloc byte[2 * sizeof(ulong)];
            value.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(value, (ushort)filter.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(value[sizeof(ulong)..], (ulong)pointer);
            Set(socket, AttachFilter, value, "SO_ATTACH_FILTER");
        }
        return new SocketFilter(socket);
    }

    /// <summary>Takes a socket's filter away, whoever attached it.</summary>
    /// <returns>False when it had none.</returns>
    /// <exception cref="KernelException">The kernel refused; <c>EPERM</c> when the filter is locked.</exception>
    public static bool Detach(Socket socket)
    {
        int result = TrySet(socket, DetachFilter, new byte[sizeof(int)]);
        if (result == ErrorNumber.ENOENT)
            return false;
        return result == 0 ? true : throw new KernelException("setsockopt SO_DETACH_FILTER", "socket", result);
    }

    /// <summary>Detaches the filter; a socket that is closed already has none.</summary>
    public void Dispose()
    {
        if (_socket is { SafeHandle.IsClosed: false } socket)
            _ = TrySet(socket, DetachFilter, new byte[sizeof(int)]);
        _socket = null;
    }

    private static void Set(Socket socket, int option, ReadOnlySpan<byte> value, string name)
    {
        int result = TrySet(socket, option, value);
        if (result != 0)
            throw new KernelException($"setsockopt {name}", "socket", result);
    }

    private static unsafe int TrySet(Socket socket, int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* pointer = value)
        {
            int result = Libc.SetSocketOption((int)socket.SafeHandle.DangerousGetHandle(), SocketLevel, option, pointer, (uint)value.Length);
            int error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
            GC.KeepAlive(socket);
            return error;
        }
    }
}
