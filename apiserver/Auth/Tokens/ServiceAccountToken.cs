namespace Kube.ApiServer.Auth.Tokens;

/// <summary>An object that a token is bound to: the token dies with it.</summary>
/// <param name="Resource">pods, secrets or nodes.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its uid.</param>
public sealed record BoundObject(string Resource, string Name, string Uid);

/// <summary>What a service account token says (KEP-1205, KEP-4193).</summary>
public sealed record ServiceAccountToken
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    public required IReadOnlyList<string> Audiences { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Unique id of the token (jti).</summary>
    public required string Id { get; init; }

    /// <summary>The object that the token is bound to; null for none.</summary>
    public BoundObject? BoundTo { get; init; }

    /// <summary>The node of the pod that the token is bound to, for information.</summary>
    public BoundObject? Node { get; init; }

    /// <summary>User name of the service account.</summary>
    public string UserName => $"system:serviceaccount:{Namespace}:{Name}";

    /// <summary>The user that the token stands for.</summary>
    public UserInfo ToUser()
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>
        {
            ["authentication.kubernetes.io/credential-id"] = [$"JTI={Id}"],
        };
        if (BoundTo is { Resource: "pods" } pod)
        {
            extra["authentication.kubernetes.io/pod-name"] = [pod.Name];
            extra["authentication.kubernetes.io/pod-uid"] = [pod.Uid];
        }

        if (Node is not null)
        {
            extra["authentication.kubernetes.io/node-name"] = [Node.Name];
            extra["authentication.kubernetes.io/node-uid"] = [Node.Uid];
        }

        return new UserInfo(
            UserName,
            Uid,
            ["system:serviceaccounts", "system:serviceaccounts:" + Namespace, UserInfo.AuthenticatedGroup],
            extra);
    }
}
