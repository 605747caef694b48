using Headrace.Bytecode;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>An expression that chooses packets, in the language of tcpdump (pcap-filter(7)), such as <c>udp dst port 53</c>.</summary>
public sealed class FlowFilter
{
    private const int Ethernet = 1; // DLT_EN10MB
    private const int WholePacket = 262144;
    private const uint UnknownNetmask = 0xffffffff; // PCAP_NETMASK_UNKNOWN
    private const int LongestExpression = 16 << 10; // the compiler's work grows with it

    private static readonly Lock s_lock = new();

    private FlowFilter(string expression, ClassicInstruction[] instructions) => (Expression, Instructions) = (expression, instructions);

    /// <summary>The expression as written.</summary>
    public string Expression { get; }

    /// <summary>What libpcap made of it.</summary>
    public IReadOnlyList<ClassicInstruction> Instructions { get; }

    /// <summary>Why expressions cannot be compiled here, in words for a person; empty when they can.</summary>
    public static string Obstacle => Pcap.IsAvailable ? "" : "filter expressions need libpcap, which is missing: install the package libpcap0.8 (Debian) or libpcap";

    /// <summary>Compiles an expression.</summary>
    /// <exception cref="HeadraceException">libpcap is missing, or does not understand it.</exception>
    public static unsafe FlowFilter Compile(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        if (Obstacle.Length > 0)
            throw new HeadraceException(Obstacle);
        if (string.IsNullOrWhiteSpace(expression))
            throw new HeadraceException("an empty filter expression would take every packet: write what to take, such as 'udp dst port 53'");
        if (expression.Length > LongestExpression)
            throw new HeadraceException($"a filter expression of {expression.Length} characters is longer than {LongestExpression}: use several");
        // Older versions of the library keep the compiler's state in global variables.
        lock (s_lock)
        {
            nint handle = Pcap.OpenDead(Ethernet, WholePacket);
            try
            {
                var program = new PcapProgram();
                if (Pcap.Compile(handle, &program, expression, optimize: true, UnknownNetmask) < 0)
                    throw new HeadraceException($"filter '{expression}': {Pcap.GetError(handle)}");
                var instructions = new ClassicInstruction[program.Length];
                for (int i = 0; i < instructions.Length; i++)
                {
                    byte* one = program.Instructions + 8 * i;
                    instructions[i] = new ClassicInstruction(*(ushort*)one, one[2], one[3], *(uint*)(one + 4));
                }
                Pcap.FreeCode(&program);
                return new FlowFilter(expression, instructions);
            }
            finally
            {
                Pcap.Close(handle);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Expression;
}
