using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>The real etcdctl.</summary>
internal static class Etcdctl
{
    private static readonly Dictionary<string, string> s_environment = new() { ["ETCDCTL_API"] = "3" };

    public static Task<CommandResult> RunAsync(string endpoints, IEnumerable<string> arguments, string? input = null)
        => Command.RunAsync("etcdctl", ["--endpoints", endpoints, .. arguments], input, s_environment);

    /// <summary>Starts an etcdctl that runs until it is killed, such as a watch.</summary>
    public static System.Diagnostics.Process Start(string endpoints, IEnumerable<string> arguments)
        => Command.Start("etcdctl", ["--endpoints", endpoints, .. arguments], s_environment);
}
