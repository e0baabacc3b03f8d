using System.Security.Cryptography;
using System.Text;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kube.Hosting;
using Kube.RaftStore.Host;
using Kube.RaftStore.Server.Access;
using Kube.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Kube.RaftStore.Tests.Server.Access;

/// <summary>Signed tokens: what is in them, who takes them, and until when.</summary>
public sealed class JwtTests
{
    private const string User = "alice";

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS512")]
    [InlineData("ES256")]
    [InlineData("ES512")]
    [InlineData("HS384")]
    public async Task Who_has_the_key_knows_whose_a_token_is(string method)
    {
        var (privatePem, publicPem) = NewKey(method);
        var signer = Tokens(method, null, privatePem);
        var other = Tokens(method, publicPem, method[0] == 'H' ? privatePem : null);
        var token = signer.Sign(User, 7);
        Assert.Equal(new("alice", 7), await other.VerifyAsync(token));
        Assert.Equal(method[0] == 'H', other.CanSign);
        Assert.Null(await Tokens(method, null, NewKey(method).Private).VerifyAsync(token));
        // Any change of what is signed, or of the signature.
        for (var i = 0; i < token.Length; i += 7)
        {
            var forged = token.Remove(i, 1).Insert(i, token[i] == 'A' ? "B" : "A");
            var caller = await other.VerifyAsync(forged);
            Assert.True(caller is null || i >= token.Length - 2, $"forged at {i} of {token.Length}: {caller}");
        }
    }

    [Fact]
    public async Task A_token_ends()
    {
        var tokens = Tokens("ES256", null, NewKey("ES256").Private);
        var token = tokens.Sign(User, 7);
        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.NotNull(await tokens.VerifyAsync(token));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await tokens.VerifyAsync(token));
    }

    [Fact]
    public async Task Tokens_without_etcds_claims_or_of_another_method_are_nobodys()
    {
        var secret = RandomNumberGenerator.GetBytes(64);
        var tokens = Tokens("HS256", null, Encoding.Latin1.GetString(secret), secret);
        var signing = new SymmetricSecurityKey(secret);
        string Make(string claims, string method) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }
            .CreateToken(claims, new SigningCredentials(signing, method));

        Assert.Equal(new("a", 3), await tokens.VerifyAsync(Make("""{"username":"a","revision":3}""", "HS256")));
        Assert.Null(await tokens.VerifyAsync(Make("""{"username":"a","revision":3}""", "HS512")));
        Assert.Null(await tokens.VerifyAsync(Make("""{"username":"a"}""", "HS256")));
        Assert.Null(await tokens.VerifyAsync(Make("""{"username":"a","revision":"3"}""", "HS256")));
        Assert.Null(await tokens.VerifyAsync(Make("""{"username":"a","revision":-3}""", "HS256")));
        Assert.Null(await tokens.VerifyAsync(Make("""{"revision":3}""", "HS256")));
        Assert.Null(await tokens.VerifyAsync(Make("""{"username":"a","revision":3,"nbf":99999999999}""", "HS256")));
        Assert.Null(await tokens.VerifyAsync(new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken("""{"username":"a","revision":3}""")));
        Assert.Null(await tokens.VerifyAsync("alice.7"));
        Assert.Null(await tokens.VerifyAsync(""));
    }

    [Fact]
    public async Task Users_log_in_until_roles_change_or_time_is_up()
    {
        var (privatePem, publicPem) = NewKey("RS256");
        await using var store = await StoreHarness.StartAsync(configure: options => options with { Jwt = Tokens("RS256", publicPem, privatePem), BcryptCost = 4 });
        using var channel = GrpcChannel.ForAddress(store.Url.OriginalString);
        var (auth, kv) = (new Auth.AuthClient(channel), new KV.KVClient(channel));
        await auth.UserAddAsync(new AuthUserAddRequest { Name = "root", Password = "pw" });
        await auth.RoleAddAsync(new AuthRoleAddRequest { Name = "root" });
        await auth.UserGrantRoleAsync(new AuthUserGrantRoleRequest { User = "root", Role = "root" });
        await auth.AuthEnableAsync(new AuthEnableRequest());
        async Task<Metadata> LogInAsync() => new() { { "token", (await auth.AuthenticateAsync(new AuthenticateRequest { Name = "root", Password = "pw" })).Token } };

        var first = await LogInAsync();
        await kv.PutAsync(new PutRequest { Key = Bytes("a") }, first);
        await kv.RangeAsync(new RangeRequest { Key = Bytes("a") }, first);
        await RefusedAsync(StatusCode.InvalidArgument, "etcdserver: authentication failed, invalid user ID or password",
            async () => await auth.AuthenticateAsync(new AuthenticateRequest { Name = "root", Password = "no" }));
        await RefusedAsync(StatusCode.Unauthenticated, "etcdserver: invalid auth token",
            async () => await kv.PutAsync(new PutRequest { Key = Bytes("a") }, new Metadata { { "token", first[0].Value + "x" } }));

        await auth.RoleAddAsync(new AuthRoleAddRequest { Name = "r" }, first);
        await RefusedAsync(StatusCode.InvalidArgument, "etcdserver: revision of auth store is old", async () => await kv.PutAsync(new PutRequest { Key = Bytes("a") }, first));
        await RefusedAsync(StatusCode.InvalidArgument, "etcdserver: revision of auth store is old", async () => await kv.RangeAsync(new RangeRequest { Key = Bytes("a") }, first));

        var second = await LogInAsync();
        await kv.PutAsync(new PutRequest { Key = Bytes("a") }, second);
        _time.Advance(TimeSpan.FromMinutes(5));
        await RefusedAsync(StatusCode.Unauthenticated, "etcdserver: invalid auth token", async () => await kv.PutAsync(new PutRequest { Key = Bytes("a") }, second));
    }

    [Fact]
    public async Task With_a_public_key_alone_nobody_logs_in()
    {
        await using var store = await StoreHarness.StartAsync(
            configure: options => options with { Jwt = Tokens("RS256", NewKey("RS256").Public, null), BcryptCost = 4 });
        using var channel = GrpcChannel.ForAddress(store.Url.OriginalString);
        var auth = new Auth.AuthClient(channel);
        await auth.UserAddAsync(new AuthUserAddRequest { Name = "root", Password = "pw" });
        await auth.RoleAddAsync(new AuthRoleAddRequest { Name = "root" });
        await auth.UserGrantRoleAsync(new AuthUserGrantRoleRequest { User = "root", Role = "root" });
        await auth.AuthEnableAsync(new AuthEnableRequest());
        await RefusedAsync(StatusCode.Unknown, "auth: token signing attempted with verify-only key",
            async () => await auth.AuthenticateAsync(new AuthenticateRequest { Name = "root", Password = "pw" }));
    }

    [Theory]
    [InlineData("jwt", "auth: invalid auth signature method")]
    [InlineData("jwt,sign-method=none", "auth: invalid auth signature method")]
    [InlineData("jwt,sign-method=RS256", "auth: missing key data")]
    [InlineData("jwt,sign-method=HS256,pub-key={public}", "auth: missing key data")]
    [InlineData("jwt,sign-method=RS256,pub-key={public},priv-key={other}", "auth: public and private keys don't match")]
    [InlineData("jwt,sign-method=ES256,priv-key={private}", "not one for ES256")]
    [InlineData("jwt,sign-method=RS256,priv-key=/does/not/exist", "Could not find")]
    [InlineData("jwt,sign-method=RS256,priv-key={private},size=3", "'size=3' is none of")]
    [InlineData("jwt,sign-method=RS256,priv-key={private},ttl=soon", "not a duration")]
    [InlineData("paseto", "unknown kind of token 'paseto'")]
    public void What_is_wrong_with_the_flag_is_said(string flag, string why)
    {
        var directory = Directory.CreateTempSubdirectory("jwt-").FullName;
        try
        {
            var (privatePem, publicPem) = NewKey("RS256");
            foreach (var (name, pem) in new[] { ("private", privatePem), ("public", publicPem), ("other", NewKey("RS256").Private) })
            {
                var file = Path.Combine(directory, name);
                File.WriteAllText(file, pem);
                flag = flag.Replace($"{{{name}}}", file, StringComparison.Ordinal);
            }
            var error = Assert.Throws<StartupException>(() => AuthTokenFlag.Parse(flag, text => throw new StartupException($"'{text}' is not a duration"), _time));
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private JwtTokens Tokens(string method, string? publicPem, string? privatePem, byte[]? secret = null)
        => new(JwtKey.Create(method, method[0] == 'H' ? null : publicPem, secret ?? (privatePem is null ? null : Encoding.UTF8.GetBytes(privatePem))), TimeSpan.FromMinutes(5), _time);

    private static (string Private, string Public) NewKey(string method)
    {
        if (method[0] == 'H')
        {
            var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
            return (secret, secret);
        }
        if (method[0] == 'E')
        {
            using var curve = ECDsa.Create(method == "ES512" ? ECCurve.NamedCurves.nistP521 : ECCurve.NamedCurves.nistP256);
            return (curve.ExportPkcs8PrivateKeyPem(), curve.ExportSubjectPublicKeyInfoPem());
        }
        using var rsa = RSA.Create(2048);
        return (rsa.ExportRSAPrivateKeyPem(), rsa.ExportSubjectPublicKeyInfoPem());
    }

    private static async Task RefusedAsync(StatusCode code, string text, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((code, text), (refused.StatusCode, refused.Status.Detail));
    }

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
