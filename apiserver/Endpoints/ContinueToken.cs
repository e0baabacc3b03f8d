using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Endpoints;

/// <summary>Where the next page of a list begins: a revision and a key, in Kubernetes' own form (version meta.k8s.io/v1).</summary>
internal readonly record struct ContinueToken(long Revision, string StartKey)
{
    private const string Version = "meta.k8s.io/v1";

    public string Encode()
    {
        var json = new JsonObject { ["v"] = Version, ["rv"] = Revision, ["start"] = StartKey }.ToJsonString();
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    /// <exception cref="Kube.Api.Errors.KubeStatusException">400: the text is no token.</exception>
    public static ContinueToken Decode(string text)
    {
        try
        {
            var padded = text.Replace('-', '+').Replace('_', '/');
            padded += new string('=', (4 - (padded.Length % 4)) % 4);
            var json = JsonTree.Parse(Convert.FromBase64String(padded)) as JsonObject;
            var start = ObjectAccessor.Text(json, "start");
            if (json is null || ObjectAccessor.Text(json, "v") != Version || start.Length == 0)
            {
                throw ApiErrors.BadRequest("continue key is not valid: unrecognized encoded version or empty start key");
            }

            return new ContinueToken(ObjectAccessor.Number(json, "rv") ?? 0, start);
        }
        catch (Exception exception) when (exception is FormatException or DecodeException)
        {
            throw ApiErrors.BadRequest("continue key is not valid: " + exception.Message);
        }
    }
}
