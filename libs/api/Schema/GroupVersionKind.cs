namespace Kube.Api.Schema;

/// <summary>Names a kind: group (empty for core), version, kind.</summary>
public sealed record GroupVersionKind(string Group, string Version, string Kind)
{
    /// <summary>"v1" or "apps/v1".</summary>
    public string ApiVersion => Group.Length == 0 ? Version : Group + "/" + Version;

    /// <summary>Splits an apiVersion at its slash; a text with more than one slash becomes version alone.</summary>
    public static GroupVersionKind Parse(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/');
        return slash < 0 || apiVersion.IndexOf('/', slash + 1) >= 0
            ? new GroupVersionKind("", apiVersion, kind)
            : new GroupVersionKind(apiVersion[..slash], apiVersion[(slash + 1)..], kind);
    }

    /// <summary>As Kubernetes prints it in messages: "apps/v1, Kind=Deployment".</summary>
    public override string ToString() => ApiVersion + ", Kind=" + Kind;
}
