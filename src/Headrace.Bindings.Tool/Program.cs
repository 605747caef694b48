using Headrace.Bindings.Tool;

// Started by build/Headrace.Bindings.targets, with a file that says what to do; see BuildRequest.
if (args is not [{ } request])
{
    Console.Error.WriteLine("usage: headrace-bindings REQUEST-FILE (written by the build: use the items BpfCompile and BpfObject)");
    return 2;
}
return BindingsBuild.Run(request, Console.Out);
