using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary>Reads keys and values of a map.</summary>
internal static class MapWords
{
    /// <summary>Reads <c>key [hex] BYTES</c>; empty for maps without keys.</summary>
    public static byte[] ReadKey(Keywords words, KernelMap map)
    {
        if (map.KeySize == 0 && Keywords.Matches(words.Peek, "key"))
            throw new UsageException($"map {map.Id} ({MapTypeNames.Of(map.Type)}) has no keys");
        if (map.KeySize == 0)
            return [];
        words.Expect("key");
        return words.Bytes(map.KeySize, "key");
    }

    /// <summary>Puts an element; its value is read as <c>[hex] BYTES</c>, or as a MAP or PROG where the map holds those.</summary>
    public static void ReadValueAndUpdate(Keywords words, KernelMap map, byte[] key)
    {
        words.Expect("value");
        switch (map.Type)
        {
            case MapType.ArrayOfMaps or MapType.HashOfMaps:
                using (KernelMap inner = MapChoices.ReadOne(words))
                {
                    ReadFlags(words, 0);
                    map.SetMap(key, inner);
                }
                break;
            case MapType.ProgramArray:
                using (KernelProgram program = ProgramChoices.ReadOne(words))
                {
                    ReadFlags(words, 0);
                    map.SetProgram(BinaryPrimitives.ReadUInt32LittleEndian(key), program);
                }
                break;
            default:
                byte[] value = words.Bytes(map.ValueSize, "value");
                map.Update(key, map.IsPerCpu ? Repeated(value, map.ValueBufferSize) : value, ReadFlags(words, ulong.MaxValue));
                break;
        }
    }

    // Every processor gets the same.
    private static byte[] Repeated(byte[] value, int size)
    {
        byte[] all = new byte[size];
        int stride = (value.Length + 7) & ~7;
        for (int at = 0; at < size; at += stride)
            value.CopyTo(all, at);
        return all;
    }

    private static ulong ReadFlags(Keywords words, ulong allowed)
    {
        ulong flags = words.AcceptAny("any", "noexist", "exist") switch
        {
            "noexist" => 1, // BPF_NOEXIST
            "exist" => 2, // BPF_EXIST
            _ => 0,
        };
        words.End();
        return (flags & ~allowed) == 0 ? flags : throw new UsageException("elements that hold maps and programs are replaced whatever was there: leave out exist and noexist");
    }
}
