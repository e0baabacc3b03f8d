using System.Globalization;
using System.Text.RegularExpressions;
using Kube.RaftStore.Server.Access;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>
/// Debian's etcd and the store, one member each, and the same etcdctl commands for both. What must differ (ids of
/// cluster and members, terms, ports, leases' ids, times) is replaced before outputs are compared.
/// </summary>
internal sealed partial class SideBySide : IAsyncDisposable
{
    private SideBySide(RealEtcd etcd, StoreMember store)
    {
        Etcd = etcd;
        Store = store;
    }

    public RealEtcd Etcd { get; }

    public StoreMember Store { get; }

    /// <summary>Starts both. Passwords are hashed as cheaply as both can: what is compared is not how long that takes.</summary>
    public static async Task<SideBySide> StartAsync()
    {
        var etcd = await RealEtcd.StartAsync("--bcrypt-cost", $"{Bcrypt.MinCost}");
        var store = await StoreMember.StartAsync(static options => options with { BcryptCost = Bcrypt.MinCost });
        await Eventually.HoldsAsync(
            async () => (await Etcdctl.RunAsync(store.Endpoint, ["member", "list"])).Output.Contains("started", StringComparison.Ordinal),
            "the store has published its member");
        return new SideBySide(etcd, store);
    }

    public async ValueTask DisposeAsync()
    {
        await Etcd.DisposeAsync();
        await Store.DisposeAsync();
    }

    /// <summary>Runs a command on both; exit code, output and errors must be equal.</summary>
    /// <param name="command">Arguments of etcdctl; {L} stands for the lease.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="leases">Id of the lease on etcd and on the store.</param>
    public async Task SameAsync(string command, string? input = null, string[]? leases = null)
    {
        var theirs = await RunAsync(Etcd.Endpoint, command, input, leases?[0]);
        var ours = await RunAsync(Store.Endpoint, command, input, leases?[1]);
        Assert.Equal($"{command}\n{theirs}", $"{command}\n{ours}");
    }

    private static async Task<string> RunAsync(string endpoint, string command, string? input, string? lease)
    {
        var arguments = command.Split(' ').Select(argument => argument == "--prefix=" ? "" : argument.Replace("{L}", lease, StringComparison.Ordinal)).ToList();
        if (arguments.Contains(""))
        {
            arguments.Add("--prefix");
        }
        var result = await Etcdctl.RunAsync(endpoint, arguments, input);
        var text = $"exit {result.ExitCode}\n{result.Output}{result.Error}";
        return Normalize(lease is null ? text : text
            .Replace(lease, "LEASE", StringComparison.Ordinal)
            .Replace(long.Parse(lease, NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture), "LEASE", StringComparison.Ordinal));
    }

    /// <summary>The text with all that must differ replaced.</summary>
    public static string Normalize(string text)
    {
        text = Ids().Replace(string.Join('\n', text.Split('\n').Where(static line => !line.Contains("\"level\":\"warn\"", StringComparison.Ordinal))), "$1N");
        text = Ports().Replace(text, "PORT");
        text = GrantedLease().Replace(text, "lease LEASE");
        text = MemberLine().Replace(text, "MEMBER, started");
        // The keys of a lease are a set to etcd: it prints them in another order each time.
        text = AttachedKeys().Replace(text, static keys => $"keys([{string.Join(' ', keys.Groups[1].Value.Split(' ').Order(StringComparer.Ordinal))}])");
        return Took().Replace(text, "TIME");
    }

    [GeneratedRegex("""("cluster_id":|"member_id":|"raft_term":|"ClusterID" : |"MemberID" : |"RaftTerm" : )\d+""")]
    private static partial Regex Ids();

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Ports();

    [GeneratedRegex(@"^lease [0-9a-f]{12,}", RegexOptions.Multiline)]
    private static partial Regex GrantedLease();

    [GeneratedRegex(@"^[0-9a-f]{8,}, started", RegexOptions.Multiline)]
    private static partial Regex MemberLine();

    [GeneratedRegex(@"keys\(\[(.*?)\]\)")]
    private static partial Regex AttachedKeys();

    [GeneratedRegex(@"took = [0-9.]+[a-zµ]+|remaining\(\d+s\)")]
    private static partial Regex Took();
}
