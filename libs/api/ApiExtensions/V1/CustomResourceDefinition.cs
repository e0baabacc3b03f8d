using System.Diagnostics.CodeAnalysis;
using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>Adds a kind of objects to the API.</summary>
[Kind("apiextensions.k8s.io", "v1", "customresourcedefinitions", ShortNames = "crd,crds", Categories = "api-extensions", Subresources = "status")]
[NameFormat(NameFormat.DnsSubdomain)]
public sealed class CustomResourceDefinition : IKubeObject
{
    /// <summary>Group and version of the object's schema, such as apps/v1.</summary>
    [Field(0)]
    public string? ApiVersion { get; set; } = "apiextensions.k8s.io/v1";

    /// <summary>The kind of the object, in CamelCase.</summary>
    [Field(0)]
    public string? Kind { get; set; } = "CustomResourceDefinition";

    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    [AllowNull]
    public ObjectMeta Metadata { get; set => field = value ?? new ObjectMeta(); } = new();

    /// <summary>What is wanted.</summary>
    [Field(2, Required = true, Always = true)]
    public CustomResourceDefinitionSpec? Spec { get; set; }

    /// <summary>What names the kind has got, and whether it is served.</summary>
    [Field(3, Always = true)]
    public CustomResourceDefinitionStatus? Status { get; set; }
}
