using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class CustomResourceDefinitionStatus
{
    [Field(1, Always = true)]
    [ListType(ListKind.Map, "type")]
    public List<CustomResourceDefinitionCondition>? Conditions { get; set; }

    [Field(2, Always = true)]
    public CustomResourceDefinitionNames? AcceptedNames { get; set; }

    [Field(3, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? StoredVersions { get; set; }
}
