using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>What kind is added.</summary>
public sealed class CustomResourceDefinitionSpec
{
    /// <summary>The kind's group.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Group { get; set; }

    /// <summary>The kind's names.</summary>
    [Field(3, Required = true, Always = true)]
    public CustomResourceDefinitionNames? Names { get; set; }

    /// <summary>Cluster or Namespaced.</summary>
    [Field(4, Required = true, Always = true)]
    public string? Scope { get; set; }

    /// <summary>The kind's versions.</summary>
    [Field(7, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<CustomResourceDefinitionVersion>? Versions { get; set; }

    /// <summary>How objects go from one version to another.</summary>
    [Field(9)]
    [Default("{\"strategy\":\"None\"}")]
    public CustomResourceConversion? Conversion { get; set; }

    /// <summary>Keeps fields the schema does not have. Must be false.</summary>
    [Field(10)]
    public bool PreserveUnknownFields { get; set; }
}
