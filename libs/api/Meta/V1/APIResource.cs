using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

public sealed class APIResource
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(6, Required = true, Always = true)]
    public string? SingularName { get; set; }

    [Field(2, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Namespaced { get; set; }

    [Field(8)]
    public string? Group { get; set; }

    [Field(9)]
    public string? Version { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? Kind { get; set; }

    [Field(4, Required = true, Always = true)]
    [Scalar(ScalarForm.WrappedList)]
    public List<string>? Verbs { get; set; }

    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<string>? ShortNames { get; set; }

    [Field(7)]
    [ListType(ListKind.Atomic)]
    public List<string>? Categories { get; set; }

    [Field(10)]
    public string? StorageVersionHash { get; set; }
}
