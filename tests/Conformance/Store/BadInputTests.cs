using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Net.Client;
using Kube.Base;
using Kube.Conformance.Tests.Api;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>What a store must bear without harm; where there is an answer, it is Debian's etcd's.</summary>
[Collection(SecureStores.Name)]
public sealed class BadInputTests(SecureStores stores)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_transaction_that_fails_changes_nothing_on_any_member()
    {
        await RunAsync(stores.Store.Endpoints[0], "put bad/a 1");
        var compacted = await RevisionAsync();
        await RunAsync(stores.Store.Endpoints[0], "put bad/a 2");
        await RunAsync(stores.Store.Endpoints[0], $"compaction {compacted + 1}");
        var before = await HashesAsync();
        foreach (var endpoint in stores.Store.Endpoints)
        {
            foreach (var (operations, refusal) in new[]
            {
                ("put bad/x 1\nget bad/a --rev=100000", "required revision is a future revision"),
                ($"put bad/x 1\nget bad/a --rev={compacted}", "required revision has been compacted"),
                ("put bad/x 1\nput bad/y 1 --lease=77", "requested lease not found"),
                ("put bad/x 1\nput bad/none --ignore-value", "key not found"),
                ("put bad/x 1\nput bad/x 2", "duplicate key given in txn request"),
                ("del bad/a\nput bad/a 3", "duplicate key given in txn request"),
                (string.Join('\n', Enumerable.Range(0, 129).Select(static i => $"put bad/{i} 1")), "too many operations in txn request"),
            })
            {
                var refused = await stores.Store.EtcdctlAsync("client", endpoint, ["txn"], $"\n{operations}\n\n\n");
                Assert.Contains("etcdserver: ", refused.Error, StringComparison.Ordinal);
                Assert.Contains(refusal, refused.Error, StringComparison.Ordinal);
            }
        }
        Assert.Equal(before, await HashesAsync());
        Assert.Equal("", await RunAsync(stores.Store.Endpoints[1], "get bad/x"));
    }

    [Fact]
    public async Task Only_certificates_that_are_good_are_let_in()
    {
        stores.Pki.IssueExpiredClient("expired", "client");
        var foreign = Directory.CreateTempSubdirectory("foreign-").FullName;
        try
        {
            var stranger = new TestPki(foreign);
            stranger.IssueClient("client", "client");
            (string Why, string? Certificate, string? Key, bool IsServed, string Logged)[] cases =
            [
                ("good", stores.Pki.CertificateFile("client"), stores.Pki.KeyFile("client"), true, ""),
                ("none", null, null, false, "refused a connection"),
                ("expired", stores.Pki.CertificateFile("expired"), stores.Pki.KeyFile("expired"), false, "refused a client: its certificate CN=client"),
                ("foreign", stranger.CertificateFile("client"), stranger.KeyFile("client"), false, "refused a client: its certificate CN=client"),
                ("a server's", stores.Pki.CertificateFile("server"), stores.Pki.KeyFile("server"), false, "refused a client: its certificate CN=kube-apiserver"),
            ];
            foreach (var (why, certificate, key, isServed, logged) in cases)
            {
                using var proof = certificate is null ? null : Load(certificate, key!);
                Assert.Equal((why, isServed), (why, await IsServedAsync(stores.Etcd.Endpoint, proof)));
                var lines = stores.Logs.All.Count;
                Assert.Equal((why, isServed), (why, await IsServedAsync(stores.Store.Endpoints[0], proof)));
                await Eventually.HoldsAsync(
                    () => isServed || stores.Logs.All.Skip(lines).Any(line => line.Contains(logged, StringComparison.Ordinal)), $"the log tells of the one who is {why}");
            }
        }
        finally
        {
            Directory.Delete(foreign, recursive: true);
        }
    }

    [Fact]
    public async Task Garbage_ends_its_connection_and_nothing_else()
    {
        await using var store = await StoreMember.StartAsync(logs: stores.Logs);
        using var channel = GrpcChannel.ForAddress(store.Endpoint);
        var kv = new KV.KVClient(channel);
        await kv.PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8("k") });
        await SendGarbageAsync(store.Endpoint, new Prng(4), connections: 200);
        Assert.Equal(1, (await kv.RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("k") })).Count);
        Assert.Contains(stores.Logs.All, static line => line.Contains("refused a connection: HTTP/2", StringComparison.Ordinal));
    }

    /// <summary>Each connection speaks HTTP/2 correctly, says 50 frames of garbage, and must be ended by the server.</summary>
    private static async Task SendGarbageAsync(string endpoint, Prng random, int connections)
    {
        var url = new Uri(endpoint);
        for (var i = 0; i < connections; i++)
        {
            var garbage = new byte[50 * 64];
            for (var at = 0; at < garbage.Length; at++)
            {
                garbage[at] = (byte)random.Next(256);
            }
            for (var frame = 0; frame < 50; frame++)
            {
                // A length that is there, so that each is read as a frame.
                (garbage[frame * 64], garbage[(frame * 64) + 1], garbage[(frame * 64) + 2]) = (0, 0, 55);
            }
            using var client = new TcpClient();
            await client.ConnectAsync(url.Host, url.Port);
            var stream = client.GetStream();
            byte[] begin = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];
            using var patience = new CancellationTokenSource(s_patience);
            try
            {
                await stream.WriteAsync(begin, patience.Token);
                await stream.WriteAsync(garbage, patience.Token);
                var sink = new byte[4096];
                while (await stream.ReadAsync(sink, patience.Token) > 0)
                {
                }
            }
            catch (IOException)
            {
                // Reset: it has had enough.
            }
        }
    }

    private static async Task<bool> IsServedAsync(string endpoint, X509Certificate2? proof)
    {
        var url = new Uri(endpoint);
        using var client = new TcpClient();
        using var patience = new CancellationTokenSource(s_patience);
        await client.ConnectAsync(url.Host, url.Port, patience.Token);
        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = url.Host,
                    RemoteCertificateValidationCallback = static (_, _, _, _) => true,
                    ClientCertificates = proof is null ? null : [proof],
                    ApplicationProtocols = [SslApplicationProtocol.Http2],
                },
                patience.Token);
            byte[] begin = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];
            await stream.WriteAsync(begin, patience.Token);
            return await stream.ReadAsync(new byte[9], patience.Token) > 0;
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }

    private static X509Certificate2 Load(string certificate, string key)
    {
        // The detour over PKCS#12 is needed for SslStream, which wants a key it can hand to the TLS library.
        using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private async Task<string> RunAsync(string endpoint, string command)
        => (await stores.Store.EtcdctlAsync("client", endpoint, command.Split(' '))).Succeeded();

    private async Task<long> RevisionAsync()
    {
        var fields = await RunAsync(stores.Store.Endpoints[0], "get bad/a -w json");
        return System.Text.Json.JsonDocument.Parse(fields).RootElement.GetProperty("header").GetProperty("revision").GetInt64();
    }

    /// <summary>Every member's hash of all keys, once each has applied what was committed.</summary>
    private async Task<string> HashesAsync()
    {
        foreach (var endpoint in stores.Store.Endpoints)
        {
            await RunAsync(endpoint, "get bad/a");
        }
        return await RunAsync(string.Join(',', stores.Store.Endpoints), "endpoint hashkv");
    }
}
