using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An identity for the programs in pods.</summary>
[Kind("", "v1", "serviceaccounts", Namespaced = true, ShortNames = "sa", Subresources = "token")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class ServiceAccount : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "ServiceAccount";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>Secrets its pods may use.</summary>
    [Field(2)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<ObjectReference>? Secrets { get; set; }

    /// <summary>Secrets with registry credentials, for its pods.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<LocalObjectReference>? ImagePullSecrets { get; set; }

    /// <summary>Whether its pods get a token mounted.</summary>
    [Field(4)]
    public bool? AutomountServiceAccountToken { get; set; }
}
