using Kube.Api.Schema;

namespace Kube.Client.Tests.Fakes;

/// <summary>A path of the Kubernetes API taken apart.</summary>
public sealed record FakePath(KindInfo Kind, string Namespace, string? Name, string? Subresource)
{
    public static FakePath Parse(string path)
    {
        var parts = path.Trim('/').Split('/');
        var (group, version, rest) = parts[0] == "api" ? ("", parts[1], parts[2..]) : (parts[1], parts[2], parts[3..]);
        var ns = "";
        if (rest[0] == "namespaces" && rest.Length >= 3 && rest[2] is not ("status" or "finalize"))
        {
            ns = rest[1];
            rest = rest[2..];
        }

        var kind = KindCatalog.Default.FindResource(group, version, rest[0])
            ?? throw new FakeRefusal(404, "NotFound", "the server could not find the requested resource");
        return new FakePath(kind, ns, rest.ElementAtOrDefault(1), rest.ElementAtOrDefault(2));
    }
}
