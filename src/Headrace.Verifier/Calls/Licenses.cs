namespace Headrace.Verifier;

/// <summary>Licences of programs.</summary>
internal static class Licenses
{
    /// <summary>True when programs under this licence may call helpers for GPL programs only (license_is_gpl_compatible, include/linux/license.h).</summary>
    public static bool IsGplCompatible(string license) =>
        license is "GPL" or "GPL v2" or "GPL and additional rights" or "Dual BSD/GPL" or "Dual MIT/GPL" or "Dual MPL/GPL";
}
