using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Kube.Testing;

namespace Kube.EndToEnd.Tests;

/// <summary>Only the API server touches the store: on the wire and at run time.</summary>
[Collection(SharedCluster.Name)]
public partial class OneRuleTests(TestCluster cluster)
{
    [Theory]
    [InlineData("scheduler.conf")]
    [InlineData("controller-manager.conf")]
    [InlineData("kubelet-1.conf")]
    [InlineData("kubeconfig")]
    public async Task The_store_refuses_everybody_elses_certificate(string kubeconfig)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(cluster.Home, kubeconfig));
        var certificate = Path.Combine(cluster.Home, kubeconfig + ".test.crt");
        var key = Path.Combine(cluster.Home, kubeconfig + ".test.key");
        await File.WriteAllTextAsync(certificate, Decode(text, "client-certificate-data"));
        await File.WriteAllTextAsync(key, Decode(text, "client-key-data"));

        // By the environment: etcdctl refuses to start with a flag that shadows a variable of store.env, whatever the store would say.
        const string question = "--command-timeout 3s --dial-timeout 3s get /registry --prefix --keys-only --limit 1";
        Assert.Contains("/registry/", (await cluster.EtcdctlAsync(question)).Succeeded());
        var refused = await cluster.EtcdctlAsync(question, certificate, key);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Equal(string.Empty, refused.Output);
        Assert.Contains("context deadline exceeded", refused.Error);
    }

    [Fact]
    public async Task At_run_time_only_the_API_server_and_the_members_are_connected_to_the_store()
    {
        await cluster.Kubectl("get", "pods"); // the connections are up
        var ports = Enumerable.Range(cluster.StorePort, 6).ToHashSet();
        var owners = new Dictionary<string, string>();
        foreach (var pidFile in Directory.EnumerateFiles(Path.Combine(cluster.Home, "run"), "*.pid"))
        {
            var pid = (await File.ReadAllTextAsync(pidFile)).Trim();
            foreach (var descriptor in Directory.EnumerateFiles($"/proc/{pid}/fd"))
            {
                if (new FileInfo(descriptor).LinkTarget is { } target && Socket().Match(target) is { Success: true } socket)
                {
                    owners[socket.Groups[1].Value] = Path.GetFileNameWithoutExtension(pidFile);
                }
            }
        }

        var connected = new HashSet<string>();
        foreach (var line in (await File.ReadAllLinesAsync("/proc/net/tcp")).Concat(await File.ReadAllLinesAsync("/proc/net/tcp6")).Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] == "01" && ports.Contains(Port(fields[2])) && owners.TryGetValue(fields[9], out var owner))
            {
                connected.Add(owner);
            }
        }

        Assert.Contains("apiserver", connected);
        Assert.Empty(connected.Except(["apiserver", "store-1", "store-2", "store-3"]));
    }

    private static int Port(string address) =>
        int.TryParse(address.Split(':')[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port) ? port : 0;

    private static string Decode(string kubeconfig, string field) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(Regex.Match(kubeconfig, field + @": (\S+)").Groups[1].Value));

    [GeneratedRegex(@"^socket:\[(\d+)\]$")]
    private static partial Regex Socket();
}
