using System.Reflection;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bindings;

/// <summary>A loaded collection behind a generated class: in user space or in the kernel.</summary>
public sealed class BoundCollection : IDisposable
{
    private readonly List<BoundSection> _sections = [];

    private BoundCollection(CollectionSpec spec, Collection? userSpace, KernelCollection? linux)
    {
        Spec = spec;
        UserSpace = userSpace;
        Linux = linux;
    }

    /// <summary>What it was loaded from.</summary>
    public CollectionSpec Spec { get; }

    /// <summary>The collection in user space; null when it is in the kernel.</summary>
    public Collection? UserSpace { get; }

    /// <summary>The collection in the kernel; null when it is in user space.</summary>
    public KernelCollection? Linux { get; }

    /// <summary>Reads the object that is built into an assembly.</summary>
    /// <exception cref="ObjectException">It is not there.</exception>
    public static CollectionSpec OpenResource(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)
            ?? throw new ObjectException(name, "", $"it is not built into {assembly.GetName().Name}: its project needs the item BpfObject or BpfCompile");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return CollectionSpec.Parse(bytes, name);
    }

    /// <summary>Loads a spec into user space and binds it; when anything fails, nothing stays behind.</summary>
    /// <exception cref="HeadraceException">A map or a program is refused.</exception>
    public static T LoadUserSpace<T>(CollectionSpec spec, EngineOptions? options, Func<BoundCollection, T> bind) =>
        Bind(new BoundCollection(spec, Collection.Load(spec, options), null), bind);

    /// <summary>Loads a spec into the kernel and binds it; when anything fails, nothing stays behind.</summary>
    /// <remarks>Sections of variables are made mappable in the spec, so that variables can be set while programs run.</remarks>
    /// <exception cref="HeadraceException">The kernel refused something.</exception>
    public static T LoadLinux<T>(CollectionSpec spec, KernelLoadOptions? options, Func<BoundCollection, T> bind)
    {
        foreach (MapSpec map in spec.Maps)
        {
            // The kernel maps no values that hold locks or timers.
            if (map.IsDataSection && map.SpecialFields.Count == 0)
                map.Flags |= MapFlags.Mmapable;
        }
        return Bind(new BoundCollection(spec, null, KernelCollection.Load(spec, options)), bind);
    }

    /// <summary>The variables of a section.</summary>
    public BoundSection Section(string name)
    {
        BoundSection section = UserSpace is not null
            ? new BoundSection(UserSpace.Maps[name])
            : new BoundSection(Linux!.Maps[name]);
        _sections.Add(section);
        return section;
    }

    /// <summary>A program in user space.</summary>
    public LoadedProgram UserSpaceProgram(string name) => UserSpace!.Programs[name];

    /// <summary>A program in the kernel.</summary>
    /// <exception cref="HeadraceException">It was not loaded.</exception>
    public KernelProgram LinuxProgram(string name) => Linux!.Programs.TryGetValue(name, out KernelProgram? program)
        ? program
        : throw new HeadraceException($"program '{name}' was not loaded: name it in KernelLoadOptions.Programs, or set its spec's AutoLoad");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (BoundSection section in _sections)
            section.Dispose();
        UserSpace?.Dispose();
        Linux?.Dispose();
    }

    private static T Bind<T>(BoundCollection bound, Func<BoundCollection, T> bind)
    {
        try
        {
            return bind(bound);
        }
        catch
        {
            bound.Dispose();
            throw;
        }
    }
}
