using Kube.Testing;

namespace Kube.Robustness.Chaos.Isolation;

/// <summary>The system's own programs (ip, nft, mount, …), each run within a bound.</summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Runs a program that must succeed and gives its standard output.</summary>
    /// <exception cref="HarnessException">It is missing, failed or did not end.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments) => await FeedAsync(null, program, arguments);

    /// <inheritdoc cref="RunAsync"/>
    public static async Task<string> FeedAsync(string? input, string program, params string[] arguments)
    {
        try
        {
            var result = await Command.RunAsync(program, arguments, input, limit: Limit);
            return result.Succeeded();
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            throw new HarnessException(e.Message.TrimEnd(), e);
        }
    }

    /// <summary>Whether a program is on PATH.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin"]).Any(folder => File.Exists(Path.Combine(folder, program)));
}
