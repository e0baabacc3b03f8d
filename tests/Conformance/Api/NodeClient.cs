using Kube.Testing;

namespace Kube.Conformance.Tests.Api;

/// <summary>@kubernetes/client-node, of the last line that runs on Node 20: fetched once, below artifacts/tools.</summary>
internal static class NodeClient
{
    private const string Package = "@kubernetes/client-node@1.4.0";
    private static readonly SemaphoreSlim Fetching = new(1);

    /// <summary>The script, and the variables that tell it where the package is.</summary>
    public static async Task<(string Script, IReadOnlyDictionary<string, string> Environment)> PrepareAsync()
    {
        var folder = Path.Combine(Artifacts(), "tools", "node-client");
        await Fetching.WaitAsync();
        try
        {
            if (!Directory.Exists(Path.Combine(folder, "node_modules", "@kubernetes", "client-node")))
            {
                Directory.CreateDirectory(folder);
                (await Command.RunAsync("npm", ["install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, Package], limit: TimeSpan.FromMinutes(3))).Succeeded();
            }
        }
        finally
        {
            Fetching.Release();
        }

        return (Path.Combine(AppContext.BaseDirectory, "Api/kubernetes_client.mjs"), new Dictionary<string, string> { ["NODE_CLIENT"] = folder });
    }

    private static string Artifacts()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder.Name == "artifacts")
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not below artifacts");
    }
}
