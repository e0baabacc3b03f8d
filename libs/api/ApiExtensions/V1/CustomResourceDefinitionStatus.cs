using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>How a definition is doing.</summary>
public sealed class CustomResourceDefinitionStatus
{
    /// <summary>Aspects of its state.</summary>
    [Field(1, Always = true)]
    [ListType(ListKind.Map, "type")]
    public List<CustomResourceDefinitionCondition>? Conditions { get; set; }

    /// <summary>The names it has got.</summary>
    [Field(2, Always = true)]
    public CustomResourceDefinitionNames? AcceptedNames { get; set; }

    /// <summary>Versions that objects may be stored in.</summary>
    [Field(3, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? StoredVersions { get; set; }
}
