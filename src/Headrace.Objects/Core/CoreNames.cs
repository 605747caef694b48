namespace Headrace.Objects.Core;

/// <summary>Names with and without their flavour: <c>sk_buff___old</c> stands for <c>sk_buff</c>.</summary>
internal static class CoreNames
{
    /// <summary>The name before three underscores that have something else on either side.</summary>
    public static string Essential(string name)
    {
        for (int i = name.Length - 5; i >= 0; i--)
        {
            if (name[i] != '_' && name[i + 1] == '_' && name[i + 2] == '_' && name[i + 3] == '_' && name[i + 4] != '_')
                return name[..(i + 1)];
        }
        return name;
    }

    /// <summary>True when both names are the same but for their flavours.</summary>
    public static bool Match(string local, string target) =>
        target.Length == 0 ? local.Length == 0 : Essential(local) == Essential(target);
}
