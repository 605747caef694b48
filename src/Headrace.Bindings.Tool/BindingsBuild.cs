using Headrace.Bindings.Shapes;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Bindings.Tool;

/// <summary>One build's work: compiles what is stale, describes every object for the generator, keeps the contracts.</summary>
/// <remarks>
/// Into the output folder go a description an object (<c>*.bpfobject</c>), <c>inputs.list</c> (headers and contracts that a next build
/// compares times with) and <c>stamp</c>, when all is up to date. Messages have the form that builds read: <c>file: error ID: text</c>.
/// </remarks>
internal sealed class BindingsBuild
{
    private const string Extension = ".bpfobject";

    private readonly BuildRequest _request;
    private readonly TextWriter _log;
    private readonly List<string> _inputs = [];
    private bool _isComplete = true;

    private BindingsBuild(BuildRequest request, TextWriter log)
    {
        _request = request;
        _log = log;
    }

    /// <summary>Does what a request file says.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string requestFile, TextWriter log)
    {
        try
        {
            return Run(BuildRequest.Read(requestFile), log);
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            log.WriteLine($"{requestFile}: error HR0203: {OneLine(error.Message)}");
            return 1;
        }
    }

    /// <summary>Does what a request says.</summary>
    /// <returns>The exit code: 1 when a source could not be compiled.</returns>
    public static int Run(BuildRequest request, TextWriter log)
    {
        var build = new BindingsBuild(request, log);
        bool compiled = request.IsDesignTime || build.CompileAll();
        build.DescribeAll();
        build.Finish(compiled);
        return compiled ? 0 : 1;
    }

    private bool CompileAll()
    {
        var clang = new Clang(_request, _log);
        bool good = true;
        foreach (CompileItem item in _request.Sources)
        {
            string list = Path.Combine(_request.Output, Path.GetFileName(item.Target) + "." + Digest(item.Source) + ".headers");
            List<string> headers = File.Exists(list) ? [.. File.ReadAllLines(list)] : [];
            if (Clang.IsStale(item, headers))
            {
                headers.Clear();
                if (!clang.Exists)
                {
                    good &= UseCommitted(item);
                }
                else if (clang.Compile(item, headers))
                {
                    FileWriter.Write(list, string.Join('\n', headers));
                }
                else
                {
                    _log.WriteLine($"{item.Source}: error HR0201: clang could not compile it; what it says stands above");
                    good = false;
                }
            }
            _inputs.AddRange(headers);
        }
        return good;
    }

    private bool UseCommitted(CompileItem item)
    {
        // A next build looks again, in case that there is a compiler then.
        _isComplete = false;
        if (File.Exists(item.Target))
        {
            _log.WriteLine($"{Short(item.Source)}: '{_request.Clang}' is not there: {Path.GetFileName(item.Target)} is used as it is, although it is older than its source");
            return true;
        }
        _log.WriteLine($"{item.Source}: error HR0202: '{_request.Clang}' is not there, and neither is {item.Target}: install clang, or commit the object beside its source");
        return false;
    }

    private void DescribeAll()
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (ObjectItem item in _request.Objects)
        {
            string name = Path.GetFileName(item.File) + "." + Digest(item.File) + Extension;
            written.Add(name);
            FileWriter.Write(Path.Combine(_request.Output, name), ShapeText.WriteObject(Describe(item)));
        }
        if (!Directory.Exists(_request.Output))
            return;
        foreach (string file in Directory.EnumerateFiles(_request.Output, "*" + Extension))
        {
            if (!written.Contains(Path.GetFileName(file)))
                File.Delete(file);
        }
    }

    private ObjectShape Describe(ObjectItem item)
    {
        ObjectShape shape = Read(item.File);
        shape.Path = item.File.Replace('\\', '/');
        shape.Resource = item.Resource;
        if (_request.KeepsContracts && item.Contract != "none")
            Compare(shape, ContractOf(item));
        return shape;
    }

    /// <summary>Reads an object; what is wrong with it becomes a part of its description, for the generator to say where C# asks for it.</summary>
    internal static ObjectShape Read(string file)
    {
        try
        {
            return ShapeReader.Read(CollectionSpec.Load(file));
        }
        catch (HeadraceException error)
        {
            return new ObjectShape { Error = OneLine(error.Message) };
        }
    }

    private void Compare(ObjectShape shape, string path)
    {
        if (!File.Exists(path))
        {
            if (shape.Error is null && !_request.IsDesignTime && !_request.IsServer)
                WriteContract(path, shape);
            return;
        }
        _inputs.Add(path);
        if (shape.Error is not null)
            return;
        if (!_request.AcceptsChanges)
        {
            try
            {
                shape.Changes.AddRange(ShapeComparison.Compare(ShapeText.Read(File.ReadAllText(path)), shape));
            }
            catch (FormatException error)
            {
                shape.Changes.Add(new ShapeChange("HR0100", $"its contract {Short(path)} cannot be read: {OneLine(error.Message)}"));
            }
        }
        if (shape.Changes.Count == 0 && !_request.IsDesignTime && !_request.IsServer)
            WriteContract(path, shape);
    }

    private void WriteContract(string path, ObjectShape shape)
    {
        try
        {
            FileWriter.Write(path, ShapeText.WriteContract(shape));
            _inputs.Add(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _log.WriteLine($"{path}: warning HR0204: the contract could not be written: {OneLine(error.Message)}; BpfContracts=false does without");
        }
    }

    /// <summary>Beside the object where that is inside of the project, else in the project's folder.</summary>
    private string ContractOf(ObjectItem item)
    {
        if (item.Contract.Length > 0)
            return Path.GetFullPath(item.Contract, _request.Project);
        string name = Path.GetFileNameWithoutExtension(item.File) + ".contract";
        string root = Path.GetFullPath(_request.Project);
        string folder = Path.GetDirectoryName(Path.GetFullPath(item.File))!;
        bool inside = folder == root.TrimEnd(Path.DirectorySeparatorChar) || folder.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return Path.Combine(inside ? folder : root, name);
    }

    private void Finish(bool compiled)
    {
        FileWriter.Write(Path.Combine(_request.Output, "inputs.list"), string.Join('\n', _inputs.Distinct(StringComparer.Ordinal)));
        if (_request.IsDesignTime)
            return;
        string stamp = Path.Combine(_request.Output, "stamp");
        if (compiled && _isComplete)
            File.WriteAllText(stamp, "");
        else
            File.Delete(stamp);
    }

    private string Short(string path) => Path.GetRelativePath(_request.Project, path);

    private static string Digest(string path) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(path)))[..8];

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
