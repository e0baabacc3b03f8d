using System.Security.Cryptography;
using Kube.Hosting;

namespace Kube.Cluster;

/// <summary>Puts flags and a home's saved options together.</summary>
internal static class ClusterOptionsMerge
{
    /// <summary>The options to start with.</summary>
    /// <exception cref="StartupException">A flag is out of range, or contradicts what the home was made with.</exception>
    public static ClusterOptions Apply(ClusterOptions? saved, ClusterFlags flags)
    {
        var options = saved ?? new ClusterOptions { Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) };
        Keep(saved, "--stores", options.Stores, flags.Stores);
        Keep(saved, "--api-port", options.ApiPort, flags.ApiPort);
        Keep(saved, "--store-port", options.StorePort, flags.StorePort);
        if (saved is not null && flags.Nodes < saved.Nodes)
        {
            throw new StartupException($"this home has {saved.Nodes} nodes; --nodes can only grow");
        }

        options = options with
        {
            Stores = flags.Stores ?? options.Stores,
            Nodes = flags.Nodes ?? options.Nodes,
            Runtime = flags.Runtime ?? options.Runtime,
            RuntimeEndpoint = flags.RuntimeEndpoint ?? options.RuntimeEndpoint,
            ApiPort = flags.ApiPort ?? options.ApiPort,
            StorePort = flags.StorePort ?? options.StorePort,
        };
        Check(options.Stores is 1 or 3 or 5 or 7, $"--stores {options.Stores}: use 1, 3, 5 or 7");
        Check(options.Nodes is >= 1 and <= 100, $"--nodes {options.Nodes}: use 1 to 100");
        CheckPort("--api-port", options.ApiPort, 1);
        CheckPort("--store-port", options.StorePort, 2 * options.Stores);
        return options;
    }

    private static void Keep(ClusterOptions? saved, string flag, int now, int? given)
    {
        if (saved is not null && given is not null && given != now)
        {
            throw new StartupException($"this home was made with {flag} {now}; use another --home for {flag} {given}");
        }
    }

    private static void CheckPort(string flag, int port, int count) =>
        Check(port >= 1 && port + count - 1 <= 65535, $"{flag} {port}: not a port, or too near the last one (65535)");

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new StartupException(otherwise);
        }
    }
}
