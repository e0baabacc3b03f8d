using System.Security.Cryptography;
using System.Text.Json;
using Kube.RaftStore.Server.Access;
using Kube.Testing;

namespace Kube.Conformance.Tests.Store;

/// <summary>
/// Users, roles and permissions by etcdctl, against Debian's etcd and the store: the same commands by the same
/// users have the same outputs, errors included.
/// </summary>
public sealed class AuthTests : IAsyncLifetime
{
    private SideBySide _both = null!;

    public async Task InitializeAsync() => _both = await SideBySide.StartAsync();

    public async Task DisposeAsync() => await _both.DisposeAsync();

    [Fact]
    public async Task Users_roles_and_what_they_permit()
    {
        await SetUpAsync();
        // Who is who.
        foreach (var command in new[]
        {
            "get a", "--user=root:nope get a", "--user=nobody:x get a", "--user=root:rootpw get a", "--user=nopass:x get a",
            "--user=alice:alicepw user get alice", "--user=alice:alicepw user get root", "--user=alice:alicepw role get readers",
            "--user=alice:alicepw role get writers", "--user=alice:alicepw user list", "--user=alice:alicepw role list",
            "--user=root:rootpw user list", "--user=root:rootpw role list", "--user=root:rootpw role get readers",
            "--user=root:rootpw user get alice --detail",
        })
        {
            await _both.SameAsync(command);
        }
        // Who may do what.
        await _both.SameAsync("--user=root:rootpw put app/a 1");
        await _both.SameAsync("--user=root:rootpw put other 1");
        foreach (var command in new[]
        {
            "--user=alice:alicepw get app/a", "--user=alice:alicepw get other", "--user=alice:alicepw put app/a 2",
            "--user=alice:alicepw get app/ app0", "--user=alice:alicepw get app/ --prefix", "--user=alice:alicepw get a --from-key",
            "--user=alice:alicepw get app/ app1", "--user=bob:bobpw put app/b 2", "--user=bob:bobpw get app/b", "--user=bob:bobpw put app/b 3 --prev-kv",
            "--user=bob:bobpw del app/b", "--user=bob:bobpw del app/b --prev-kv", "--user=bob:bobpw del app/ --prefix", "--user=bob:bobpw del other",
            "--user=bob:bobpw put point 1", "--user=bob:bobpw get point", "--user=bob:bobpw put point1 1",
            "--user=alice:alicepw compaction 1",
            "--user=alice:alicepw lease grant 100", "--user=alice:alicepw alarm list", "--user=root:rootpw defrag",
            "--user=alice:alicepw auth disable", "--user=alice:alicepw user add eve:x", "--user=alice:alicepw role add r",
        })
        {
            await _both.SameAsync(command);
        }
        // etcd gives these the code Unknown by mistake; the store says what it is.
        foreach (var command in new[] { "defrag", "endpoint hashkv", "snapshot save /dev/null" })
        {
            var refused = await Etcdctl.RunAsync(_both.Store.Endpoint, ["--user=alice:alicepw", .. command.Split(' ')]);
            Assert.Contains("etcdserver: permission denied", refused.Error, StringComparison.Ordinal);
        }
        await _both.SameAsync("--user=bob:bobpw txn", "\nput app/t 1\n\n\n");
        await _both.SameAsync("--user=bob:bobpw txn", "value(\"app/t\") = \"1\"\n\nput app/t 2\n\n\n");
        await _both.SameAsync("--user=bob:bobpw txn", "\nput app/t 1\nget app/t\n\n\n");
        await _both.SameAsync("--user=alice:alicepw txn", "value(\"app/t\") = \"1\"\n\nget app/t\n\nget other\n\n");
        await _both.SameAsync("--user=alice:alicepw txn", "value(\"app/t\") = \"1\"\n\nget app/t\n\n\n");
    }

    [Fact]
    public async Task Changes_of_users_and_roles_and_their_refusals()
    {
        foreach (var command in new[]
        {
            "auth enable", "user add root:rootpw", "user add root:again", "auth enable", "role add root", "role add root",
            "user grant-role root root", "user grant-role root root", "user grant-role root missing", "user grant-role missing root",
            "role grant-permission missing read a", "role grant-permission root read b a", "role add r", "role grant-permission r read a c",
            "role grant-permission r write a c", "role grant-permission r readwrite a", "role grant-permission r read x --prefix",
            "role grant-permission r read k --from-key", "role get r", "role revoke-permission r a c", "role revoke-permission r a c",
            "role revoke-permission r k --from-key", "role revoke-permission r x --prefix", "role get r", "role revoke-permission missing a",
            "user add u:p", "user grant-role u r", "user get u", "user revoke-role u r", "user revoke-role u r", "user revoke-role missing r",
            "user grant-role u r", "role delete r", "user get u", "role delete r", "user delete u", "user delete u", "user add cn --no-password",
            "user get cn", "user list", "auth enable", "--user=root:rootpw auth enable", "--user=root:rootpw user delete root",
            "--user=root:rootpw role delete root", "--user=root:rootpw user revoke-role root root", "--user=root:rootpw auth disable",
            "auth disable", "user list", "put a 1", "--user=root:rootpw get a",
        })
        {
            await _both.SameAsync(command);
        }
        await _both.SameAsync("user passwd root --interactive=false", "newpw\n");
        await _both.SameAsync("user passwd missing --interactive=false", "newpw\n");
        await _both.SameAsync("auth enable");
        await _both.SameAsync("--user=root:rootpw get a");
        await _both.SameAsync("--user=root:newpw get a");
    }

    [Fact]
    public async Task Watches_need_permission_to_read()
    {
        await SetUpAsync();
        foreach (var watch in new[] { "--user=alice:alicepw watch other", "watch other" })
        {
            await _both.SameAsync(watch);
        }
        var theirs = new RunningWatch(_both.Etcd.Endpoint, "--user=alice:alicepw watch app/ --prefix");
        var ours = new RunningWatch(_both.Store.Endpoint, "--user=alice:alicepw watch app/ --prefix");
        await Task.WhenAll(theirs.ConnectedAsync(), ours.ConnectedAsync());
        await _both.SameAsync("--user=root:rootpw put app/w 1");
        await Eventually.HoldsAsync(() => theirs.Output.Contains("app/w", StringComparison.Ordinal) && theirs.Output == ours.Output, "both see the put");
        await theirs.DisposeAsync();
        await ours.DisposeAsync();
    }

    /// <summary>Signed tokens are etcd's: with the same key and the same users, each takes the other's.</summary>
    [Fact]
    public async Task A_signed_token_of_etcd_is_good_for_the_store_and_the_other_way_round()
    {
        var key = Path.GetTempFileName();
        try
        {
            using (var rsa = RSA.Create(2048))
            {
                await File.WriteAllTextAsync(key, rsa.ExportRSAPrivateKeyPem());
            }
            await using var etcd = await RealEtcd.StartAsync($"--auth-token=jwt,priv-key={key},sign-method=PS256,ttl=1m", "--bcrypt-cost=4");
            var tokens = new JwtTokens(JwtKey.Create("PS256", null, await File.ReadAllBytesAsync(key)), TimeSpan.FromMinutes(1), TimeProvider.System);
            await using var store = await StoreMember.StartAsync(options => options with { Jwt = tokens, BcryptCost = 4 });
            string[] endpoints = [etcd.Endpoint, store.Endpoint];
            foreach (var endpoint in endpoints)
            {
                foreach (var command in new[]
                {
                    "user add root:rootpw", "role add root", "user grant-role root root", "user add alice:alicepw", "role add r",
                    "role grant-permission r readwrite a", "user grant-role alice r", "auth enable", "--user=alice:alicepw put a 1",
                })
                {
                    (await Etcdctl.RunAsync(endpoint, command.Split(' '))).Succeeded();
                }
            }
            using var client = new HttpClient();
            for (var i = 0; i < 2; i++)
            {
                var login = await client.PostAsync(endpoints[i] + "/v3/auth/authenticate", new StringContent("""{"name":"alice","password":"alicepw"}"""));
                var token = JsonDocument.Parse(await login.Content.ReadAsStringAsync()).RootElement.GetProperty("token").GetString()!;
                foreach (var (user, text) in new[] { (token, "OK"), (token[..^4] + "AAAA", "Unauthorized") })
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, endpoints[1 - i] + "/v3/kv/range") { Content = new StringContent("""{"key":"YQ=="}""") };
                    request.Headers.TryAddWithoutValidation("authorization", user);
                    Assert.Equal((i, text), (i, (await client.SendAsync(request)).StatusCode.ToString()));
                }
            }
        }
        finally
        {
            File.Delete(key);
        }
    }

    private async Task SetUpAsync()
    {
        foreach (var command in new[]
        {
            "user add root:rootpw", "role add root", "user grant-role root root", "user add alice:alicepw", "user add bob:bobpw",
            "user add nopass --no-password", "role add readers", "role add writers", "role grant-permission readers read app/ app0",
            "role grant-permission writers write app/ app0", "role grant-permission writers readwrite point",
            "user grant-role alice readers", "user grant-role bob writers", "auth enable",
        })
        {
            await _both.SameAsync(command);
        }
    }
}
