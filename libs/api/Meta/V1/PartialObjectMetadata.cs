using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class PartialObjectMetadata
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "meta.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "PartialObjectMetadata";

    [Field(1, Always = true)]
    [System.Diagnostics.CodeAnalysis.AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();
}
