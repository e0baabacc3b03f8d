using System.Diagnostics.CodeAnalysis;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>An object of any kind, cut down to its metadata.</summary>
public sealed class PartialObjectMetadata
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "meta.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PartialObjectMetadata";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();
}
