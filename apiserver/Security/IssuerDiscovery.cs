using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kube.ApiServer.Auth.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace Kube.ApiServer.Security;

/// <summary>
/// The documents with which anybody can verify a service account's token: OpenID Connect Discovery 1.0 (section 3) and
/// the key set of RFC 7517, of public keys only. Immutable.
/// </summary>
public sealed class IssuerDiscovery(ServiceAccountTokens tokens, string keysUri)
{
    public const string DiscoveryPath = "/.well-known/openid-configuration";
    public const string KeysPath = "/openid/v1/jwks";

    private const string CacheControl = "public, max-age=3600";

    private readonly string _discovery = new JsonObject
    {
        ["issuer"] = tokens.Issuer,
        ["jwks_uri"] = keysUri,
        ["response_types_supported"] = new JsonArray("id_token"),
        ["subject_types_supported"] = new JsonArray("public"),
        ["id_token_signing_alg_values_supported"] = new JsonArray([.. tokens.Keys.Select(ServiceAccountKeys.AlgorithmOf).Distinct().Order(StringComparer.Ordinal).Select(a => (JsonNode)a)]),
    }.ToJsonString();

    private readonly string _keys = new JsonObject { ["keys"] = new JsonArray([.. tokens.Keys.Select(KeyOf)]) }.ToJsonString();

    public Task WriteDiscoveryAsync(HttpContext http) => WriteAsync(http, "application/json", _discovery);

    public Task WriteKeysAsync(HttpContext http) => WriteAsync(http, "application/jwk-set+json", _keys);

    private static Task WriteAsync(HttpContext http, string contentType, string document)
    {
        http.Response.ContentType = contentType;
        http.Response.Headers.CacheControl = CacheControl;
        return http.Response.WriteAsync(document, http.RequestAborted);
    }

    private static JsonNode KeyOf(AsymmetricSecurityKey key)
    {
        var document = new JsonObject { ["use"] = "sig" };
        if (key is RsaSecurityKey rsa)
        {
            var parameters = rsa.Rsa.ExportParameters(includePrivateParameters: false);
            document["kty"] = "RSA";
            document["n"] = Base64UrlEncoder.Encode(parameters.Modulus);
            document["e"] = Base64UrlEncoder.Encode(parameters.Exponent);
        }
        else
        {
            var ecdsa = ((ECDsaSecurityKey)key).ECDsa;
            var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
            document["kty"] = "EC";
            document["crv"] = $"P-{ecdsa.KeySize}";
            document["x"] = Base64UrlEncoder.Encode(point.X);
            document["y"] = Base64UrlEncoder.Encode(point.Y);
        }

        document["kid"] = key.KeyId;
        document["alg"] = ServiceAccountKeys.AlgorithmOf(key);
        return document;
    }
}
