namespace Kube;

/// <summary>Which bug is awake. The planted copies of the store's sources ask for theirs.</summary>
internal static class Planted
{
    [ThreadStatic]
    private static string? t_name;

    public static bool Is(string name) => t_name == name;

    /// <summary>Wakes one bug on this thread, or none.</summary>
    public static void Wake(string? name) => t_name = name;
}
