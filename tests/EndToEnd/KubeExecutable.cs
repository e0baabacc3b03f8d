using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>The kube executable under test: the published one that KUBE_EXECUTABLE names, else the one of this build.</summary>
internal static class KubeExecutable
{
    public static string Path { get; } = Environment.GetEnvironmentVariable("KUBE_EXECUTABLE") is { Length: > 0 } published
        ? published
        : System.IO.Path.Combine(AppContext.BaseDirectory, "kube");

    public static Task<CommandResult> RunAsync(IEnumerable<string> arguments, TimeSpan? limit = null) =>
        Command.RunAsync(Path, arguments, limit: limit);
}
