using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux;

/// <content>Views by type.</content>
public sealed partial class KernelMap
{
    private Btf? _types;

    /// <summary>The map's elements as C# values, checked against sizes, and against the programs' types where those are known.</summary>
    /// <typeparam name="TKey">The key: an integer, or a struct of <see cref="KeySize"/> bytes.</typeparam>
    /// <typeparam name="TValue">The value: an integer, or a struct of <see cref="ValueSize"/> bytes.</typeparam>
    /// <remarks>A field of the struct whose name is a member's of the C type (case and underscores aside) must stand where that stands.</remarks>
    /// <exception cref="HeadraceException">A type does not fit; the message says where.</exception>
    public TypedMap<TKey, TValue> As<TKey, TValue>() where TKey : unmanaged where TValue : unmanaged
    {
        Btf? types = TypesOfElements();
        Require<TKey>("key", KeySize, types, Spec.KeyTypeId);
        Require<TValue>("value", ValueSize, types, Spec.ValueTypeId);
        return new TypedMap<TKey, TValue>(this);
    }

    /// <summary>A queue's or stack's values as C# values, checked as <see cref="As{TKey, TValue}"/> does.</summary>
    /// <exception cref="HeadraceException">It has keys, or the type does not fit.</exception>
    public TypedQueue<T> AsQueue<T>() where T : unmanaged
    {
        if (Type is not (MapType.Queue or MapType.Stack))
            throw new HeadraceException($"map '{Name}' is of type {Type}, not a queue or stack");
        Require<T>("value", ValueSize, TypesOfElements(), Spec.ValueTypeId);
        return new TypedQueue<T>(this);
    }

    private Btf? TypesOfElements()
    {
        if (_types is null && Spec.KeyTypeId + Spec.ValueTypeId != 0 && ReadRecord(_descriptor, Subject).BtfId is var id and not 0)
            _types = KernelBtf.TryGetTypes(id);
        return _types;
    }

    private void Require<T>(string what, int size, Btf? types, int typeId) where T : unmanaged
    {
        string differences = LayoutCheck.Differences<T>(size, types, typeId);
        if (differences.Length > 0)
            throw new HeadraceException($"map '{Name}': the {what} does not fit: {differences}");
    }
}
