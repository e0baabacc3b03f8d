using System.Security.Cryptography;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Auth.Tokens;
using Kube.Testing;

namespace Kube.ApiServer.Tests.Auth;

public class ServiceAccountTokenTests
{
    private const string Issuer = "https://kubernetes.default.svc.cluster.local";
    private readonly ManualTimeProvider _time = new();

    public static TheoryData<string> Keys() => new()
    {
        RSA.Create(2048).ExportRSAPrivateKeyPem(),
        RSA.Create(2048).ExportPkcs8PrivateKeyPem(),
        ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportECPrivateKeyPem(),
        ECDsa.Create(ECCurve.NamedCurves.nistP384).ExportPkcs8PrivateKeyPem(),
    };

    private ServiceAccountTokens Tokens(string pem, string issuer = Issuer) =>
        new(issuer, ServiceAccountKeys.Signing(pem), ServiceAccountKeys.Verification(pem), _time);

    private ServiceAccountToken Token() => new()
    {
        Namespace = "ns",
        Name = "sa",
        Uid = "sa-uid",
        Audiences = [Issuer],
        IssuedAt = _time.GetUtcNow(),
        ExpiresAt = _time.GetUtcNow().AddHours(1),
        Id = "jti",
        BoundTo = new BoundObject("pods", "pod", "pod-uid"),
        Node = new BoundObject("nodes", "node", "node-uid"),
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_token_comes_back_as_it_was_signed(string pem)
    {
        var tokens = Tokens(pem);
        var text = tokens.Sign(Token());
        Assert.True(tokens.IsOurs(text));
        var read = await tokens.VerifyAsync(text, [Issuer]);
        Assert.Equal(Token() with { Audiences = read.Audiences }, read);
        var user = read.ToUser();
        Assert.Equal("system:serviceaccount:ns:sa", user.Name);
        Assert.Equal(["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"], user.Groups);
        Assert.Equal(["pod"], user.Extra["authentication.kubernetes.io/pod-name"]);
    }

    [Fact]
    public async Task A_token_is_refused_when_it_is_old_foreign_altered_or_for_others()
    {
        var pem = RSA.Create(2048).ExportRSAPrivateKeyPem();
        var tokens = Tokens(pem);
        var text = tokens.Sign(Token());
        await Assert.ThrowsAsync<AuthenticationException>(() => tokens.VerifyAsync(text, ["other"]).AsTask());
        await Assert.ThrowsAsync<AuthenticationException>(() => Tokens(RSA.Create(2048).ExportRSAPrivateKeyPem()).VerifyAsync(text, [Issuer]).AsTask());
        await Assert.ThrowsAsync<AuthenticationException>(() => Tokens(pem, "https://other").VerifyAsync(text, [Issuer]).AsTask());
        var parts = text.Split('.');
        await Assert.ThrowsAsync<AuthenticationException>(() => tokens.VerifyAsync($"{parts[0]}.{parts[1]}x.{parts[2]}", [Issuer]).AsTask());
        await Assert.ThrowsAsync<AuthenticationException>(() => tokens.VerifyAsync($"{parts[0]}.{parts[1]}.", [Issuer]).AsTask());
        _time.Advance(TimeSpan.FromHours(2));
        await Assert.ThrowsAsync<AuthenticationException>(() => tokens.VerifyAsync(text, [Issuer]).AsTask());
    }

    [Fact]
    public async Task A_token_dies_with_its_pod_and_its_account()
    {
        var tokens = Tokens(RSA.Create(2048).ExportRSAPrivateKeyPem());
        var objects = new Objects { ["serviceaccounts/ns/sa"] = ("sa-uid", null), ["pods/ns/pod"] = ("pod-uid", null) };
        var authenticator = new ServiceAccountAuthenticator(tokens, objects, _time);
        var text = tokens.Sign(Token());
        Assert.Equal("sa", (await authenticator.VerifyAsync(text, [Issuer], default)).Name);

        objects["pods/ns/pod"] = ("another-uid", null);
        await Assert.ThrowsAsync<AuthenticationException>(() => authenticator.VerifyAsync(text, [Issuer], default).AsTask());
        objects["pods/ns/pod"] = ("pod-uid", _time.GetUtcNow());
        Assert.Equal("sa", (await authenticator.VerifyAsync(text, [Issuer], default)).Name);
        _time.Advance(TimeSpan.FromSeconds(61));
        await Assert.ThrowsAsync<AuthenticationException>(() => authenticator.VerifyAsync(text, [Issuer], default).AsTask());
        objects["pods/ns/pod"] = ("pod-uid", null);
        objects.Remove("serviceaccounts/ns/sa");
        await Assert.ThrowsAsync<AuthenticationException>(() => authenticator.VerifyAsync(text, [Issuer], default).AsTask());
    }

    private sealed class Objects : Dictionary<string, (string Uid, DateTimeOffset? DeletedAt)>, IObjectUids
    {
        public ValueTask<(string Uid, DateTimeOffset? DeletedAt)?> FindAsync(
            string resource, string ns, string name, CancellationToken cancellationToken) =>
            ValueTask.FromResult(TryGetValue($"{resource}/{ns}/{name}", out var found) ? found : ((string, DateTimeOffset?)?)null);
    }
}
