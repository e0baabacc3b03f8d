using System.Runtime.CompilerServices;

namespace Kube.Architecture.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Source files below a folder, without what a build makes.</summary>
    public static IEnumerable<string> Files(string pattern, string folder = "") =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(path => !Relative(path).StartsWith("artifacts/", StringComparison.Ordinal)
                && !Relative(path).Contains("/.git/", StringComparison.Ordinal)
                && !Relative(path).StartsWith(".cluster/", StringComparison.Ordinal));

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var directory = Path.GetDirectoryName(here);
        while (directory is not null && !File.Exists(Path.Combine(directory, "Kube.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("Kube.sln not found above " + here);
    }
}
