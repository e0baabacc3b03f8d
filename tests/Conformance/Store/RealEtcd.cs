using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Kube.Conformance.Tests.Api;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>Debian's etcd, one member, started for a test.</summary>
internal sealed class RealEtcd : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;

    private RealEtcd(Process process, string directory, string endpoint)
    {
        _process = process;
        _directory = directory;
        Endpoint = endpoint;
    }

    public string Endpoint { get; }

    public static Task<RealEtcd> StartAsync(params string[] arguments)
    {
        var directory = Directory.CreateTempSubdirectory("etcd-").FullName;
        return StartAsync(directory, NewUrls(), arguments);
    }

    /// <summary>Starts it with mutual TLS on the client port.</summary>
    /// <param name="pki">Has issued "server".</param>
    /// <param name="who">Whose certificate is good to ask whether it serves.</param>
    public static Task<RealEtcd> StartSecureAsync(TestPki pki, string who)
    {
        var (client, peer) = NewUrls();
        return StartAsync(
            Directory.CreateTempSubdirectory("etcd-").FullName,
            (client.Replace("http://", "https://", StringComparison.Ordinal), peer),
            [
                "--client-cert-auth", "--trusted-ca-file", pki.AuthorityFile, "--cert-file", pki.CertificateFile("server"),
                "--key-file", pki.KeyFile("server"),
            ],
            ["--cacert", pki.AuthorityFile, "--cert", pki.CertificateFile(who), "--key", pki.KeyFile(who)]);
    }

    /// <summary>Restores a snapshot with etcdctl, and starts the member.</summary>
    public static async Task<RealEtcd> RestoreAsync(string file, string directory)
    {
        var urls = NewUrls();
        var restored = await Command.RunAsync(
            "etcdctl",
            [
                "snapshot", "restore", file, "--name", "only", "--data-dir", directory,
                "--initial-advertise-peer-urls", urls.Peer, "--initial-cluster", "only=" + urls.Peer,
            ],
            null,
            new Dictionary<string, string> { ["ETCDCTL_API"] = "3" });
        restored.Succeeded();
        return await StartAsync(directory, urls, []);
    }

    private static (string Client, string Peer) NewUrls() => ($"http://127.0.0.1:{FreePort()}", $"http://127.0.0.1:{FreePort()}");

    private static async Task<RealEtcd> StartAsync(string directory, (string Client, string Peer) urls, string[] arguments, string[]? proof = null)
    {
        var (client, peer) = urls;
        var process = Command.Start(
            "etcd",
            [
                "--name", "only", "--data-dir", directory, "--listen-client-urls", client, "--advertise-client-urls", client,
                "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "only=" + peer,
                .. arguments,
            ]);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var etcd = new RealEtcd(process, directory, client);
        await Eventually.HoldsAsync(async () => (await Etcdctl.RunAsync(client, [.. proof ?? [], "endpoint", "health"])).ExitCode == 0, "etcd is healthy");
        return etcd;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    internal static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
