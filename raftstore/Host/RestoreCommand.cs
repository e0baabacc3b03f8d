using System.CommandLine;
using System.Globalization;
using Kube.Hosting;

namespace Kube.RaftStore.Host;

/// <summary>`kube store restore`: makes a data directory from a snapshot, with the flags of `etcdctl snapshot restore`.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("filename") { Description = "The snapshot, of an etcd or of the store." };
        var name = Text("--name", "Name of the new member.", "default");
        var dataDir = new Option<string?>("--data-dir") { Description = "Directory to make (default: NAME.etcd)." };
        var peerUrls = Text("--initial-advertise-peer-urls", "The new member's peer URLs.", "http://localhost:2380");
        var initialCluster = Text("--initial-cluster", "NAME=URL of every member of the new cluster, comma separated.", "default=http://localhost:2380");
        var token = Text("--initial-cluster-token", "What tells the new cluster from others with the same URLs.", "etcd-cluster");
        var skip = new Option<bool>("--skip-hash-check") { Description = "Take a file without checksum, such as one copied out of a data directory." };
        var command = new Command(
            "restore",
            "Makes the data directory of a member from a snapshot that `etcdctl snapshot save` got from an etcd or from the store. "
            + "Do it for every member of the new cluster with the same file, then start them with the same flags.")
        {
            file, name, dataDir, peerUrls, initialCluster, token, skip,
        };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(
            parsed.GetRequiredValue(file),
            new StoreOptions
            {
                Name = parsed.GetRequiredValue(name),
                DataDir = parsed.GetValue(dataDir) ?? parsed.GetRequiredValue(name) + ".etcd",
                InitialAdvertisePeerUrls = parsed.GetRequiredValue(peerUrls).Split(','),
                InitialCluster = parsed.GetRequiredValue(initialCluster),
                InitialClusterToken = parsed.GetRequiredValue(token),
            },
            parsed.GetValue(skip),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellationToken)));
        return command;
    }

    private static int Run(
        string file, StoreOptions options, bool skipHashCheck, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            var summary = SnapshotRestore.Run(file, options, skipHashCheck, cancellationToken);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"restored {summary.Versions} versions up to revision {summary.Revision}, {summary.Leases} leases and {summary.Users} users to {options.DataDir}"));
            return 0;
        }
        catch (StartupException e)
        {
            error.WriteLine($"kube store restore: {e.Message}");
            return 1;
        }
    }

    private static Option<string> Text(string name, string description, string value)
        => new(name) { Description = description, DefaultValueFactory = _ => value };
}
