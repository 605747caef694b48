using Headrace.Ports.Sys;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports.Tests;

/// <summary>Says an honest peer's messages damaged, twice, too early, cut short and with other descriptors, connection after connection.</summary>
internal static class HostileTalk
{
    /// <param name="output">Takes the seed and what happened.</param>
    /// <param name="meet">Makes a connection: our raw end, and the session that is tried.</param>
    /// <param name="script">What an honest peer would say.</param>
    /// <param name="others">Descriptors to send where they do not belong.</param>
    public static void Run(ITestOutputHelper output, Func<(UnixSocket Client, PeerSession Session)> meet, Func<Random, List<HostileMessage>> script, SafeFileHandle[] others)
    {
        var random = Fuzz.Start(output);
        int messages = 0, refused = 0, running = 0;
        while (messages < Fuzz.Cases)
        {
            (UnixSocket client, PeerSession session) = meet();
            using (client)
            using (session)
            {
                try
                {
                    session.Start();
                    List<HostileMessage> honest = script(random);
                    for (int i = 0; i < honest.Count + 8; i++, messages++)
                    {
                        bool isNext = random.Next(8) != 0 && i < honest.Count;
                        (byte[] bytes, SafeFileHandle[] beside) = honest[isNext ? i : random.Next(honest.Count)];
                        if (random.Next(40) == 0)
                            beside = [.. Enumerable.Range(0, random.Next(4)).Select(_ => others[random.Next(others.Length)])];
                        if (!client.Send(Damaged(random, bytes), beside) || !Hear(session))
                            break;
                    }
                }
                catch (ControlException)
                {
                    refused++;
                }
                running += session.Established ? 1 : 0;
            }
        }
        output.WriteLine($"{messages} messages: {refused} connections refused, {running} running");
        Assert.True(refused > messages / 1000 && running > messages / 1000, $"{refused} refused, {running} running: this tests nothing");
    }

    private static byte[] Damaged(Random random, byte[] honest)
    {
        byte[] bytes = [.. honest];
        switch (random.Next(50))
        {
            case 0:
                Fuzz.Mutate(random, bytes);
                break;
            case 1: // where most of what matters is
                Fuzz.Mutate(random, bytes.AsSpan(0, Math.Min(bytes.Length, 20)));
                break;
            case 2: // another request
                bytes[0] = (byte)random.Next(45);
                break;
            case 3:
                return bytes[..random.Next(bytes.Length)];
            case 4:
                return [.. bytes, .. new byte[random.Next(100)]];
        }
        return bytes;
    }

    // A stream's message is read in parts.
    private static bool Hear(PeerSession session)
    {
        for (int i = 0; i < 4; i++)
        {
            if (!session.Receive())
                return false;
        }
        return true;
    }
}
