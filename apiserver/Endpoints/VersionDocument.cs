using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Kube.ApiServer.Endpoints;

/// <summary>What /version answers: Kubernetes 1.32's API, made by this build.</summary>
internal static class VersionDocument
{
    public const string GitVersion = "v1.32.4+kube";

    public static JsonObject Build() => new()
    {
        ["major"] = "1",
        ["minor"] = "32",
        ["gitVersion"] = GitVersion,
        ["gitCommit"] = Commit(),
        ["gitTreeState"] = "",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = RuntimeInformation.FrameworkDescription,
        ["compiler"] = "roslyn",
        ["platform"] = Platform,
    };

    /// <summary>Operating system and processor, as Go names them.</summary>
    public static string Platform => "linux/" + (RuntimeInformation.ProcessArchitecture == Architecture.X64 ? "amd64" : "arm64");

    /// <summary>The commit that the build notes after the version's plus sign; empty for one made outside a checkout.</summary>
    private static string Commit()
    {
        var version = typeof(VersionDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "" : version[(plus + 1)..];
    }
}
