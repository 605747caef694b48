namespace Headrace.Objects;

/// <content>Finding types by name.</content>
public sealed partial class Btf
{
    // KSYM_NAME_LEN, include/linux/kallsyms.h: the kernel takes no longer names.
    private const int MaxNameLength = 512;

    private volatile NameIndex? _names;

    /// <summary>Finds the first type of a name and kind; 0 when there is none.</summary>
    public int Find(string name, BtfKind kind)
    {
        foreach (int id in FindAll(name))
        {
            if (KindOf(id) == kind)
                return id;
        }
        return 0;
    }

    /// <summary>Finds the first type of a name and kind.</summary>
    /// <returns>The type, or null when there is none.</returns>
    public T? Find<T>(string name) where T : BtfType
    {
        foreach (int id in FindAll(name))
        {
            if (this[id] is T found)
                return found;
        }
        return null;
    }

    /// <summary>The ids of every type of a name, ascending, those of <see cref="Base"/> first.</summary>
    public IEnumerable<int> FindAll(string name) =>
        Candidates(name).Where(id => NameBytes(id).SequenceEqual(System.Text.Encoding.UTF8.GetBytes(name)));

    /// <summary>The ids of every type whose name without its flavour (<c>___x</c>) is the one given, ascending.</summary>
    internal IEnumerable<int> Candidates(string essentialName)
    {
        if (_base is not null)
        {
            foreach (int id in _base.Candidates(essentialName))
                yield return id;
        }
        NameIndex names = _names ??= new NameIndex(this);
        byte[] wanted = System.Text.Encoding.UTF8.GetBytes(essentialName);
        wanted = NameIndex.Essential(wanted).ToArray();
        for (int id = names.First(wanted); id != 0; id = names.Next(id))
        {
            if (NameIndex.Essential(NameBytes(id)).SequenceEqual(wanted))
                yield return id;
        }
    }

    /// <summary>A hash table over the names of one blob's own types: two numbers a type, no strings.</summary>
    private sealed class NameIndex
    {
        private readonly int _firstId;
        private readonly int[] _buckets;
        private readonly int[] _next;

        public NameIndex(Btf btf)
        {
            _firstId = btf._firstId;
            int count = btf.Count - _firstId;
            _buckets = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, 1))];
            _next = new int[count];
            for (int id = btf.Count - 1; id >= _firstId; id--)
            {
                ReadOnlySpan<byte> name = Essential(btf.NameBytes(id));
                if (name.Length == 0)
                    continue;
                ref int bucket = ref _buckets[Hash(name) & (uint)(_buckets.Length - 1)];
                _next[id - _firstId] = bucket;
                bucket = id;
            }
        }

        public int First(ReadOnlySpan<byte> name) => _buckets[Hash(name) & (uint)(_buckets.Length - 1)];

        public int Next(int id) => _next[id - _firstId];

        /// <summary>The part of a name before its flavour: three underscores with something on either side.</summary>
        public static ReadOnlySpan<byte> Essential(ReadOnlySpan<byte> name)
        {
            for (int i = name.Length - 5; i >= 0; i--)
            {
                if (name[i] != '_' && name[i + 1] == '_' && name[i + 2] == '_' && name[i + 3] == '_' && name[i + 4] != '_')
                    return name[..(i + 1)];
            }
            return name;
        }

        private static uint Hash(ReadOnlySpan<byte> name)
        {
            var hash = new HashCode();
            hash.AddBytes(name);
            return (uint)hash.ToHashCode();
        }
    }
}
