namespace Kube.Testing;

/// <summary>
/// The kube executable that tests start: the published one that KUBE_EXECUTABLE names, which is compiled ahead of time and starts at
/// a third of the cost, else the one of this build.
/// </summary>
public static class KubeExecutable
{
    /// <summary>Where it is.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("KUBE_EXECUTABLE") is { Length: > 0 } published
        ? published
        : System.IO.Path.Combine(AppContext.BaseDirectory, "kube");

    /// <summary>Runs it to its end. <inheritdoc cref="Command.RunAsync" path="/param[@name='limit']"/></summary>
    public static Task<CommandResult> RunAsync(IEnumerable<string> arguments, TimeSpan? limit = null) =>
        Command.RunAsync(Path, arguments, limit: limit);
}
