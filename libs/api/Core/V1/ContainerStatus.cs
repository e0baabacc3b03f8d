using System.Text.Json.Serialization;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class ContainerStatus
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Always = true)]
    public ContainerState? State { get; set; }

    [Field(3, Always = true)]
    public ContainerState? LastState { get; set; }

    [Field(4, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Ready { get; set; }

    [Field(5, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int RestartCount { get; set; }

    [Field(6, Required = true, Always = true)]
    public string? Image { get; set; }

    [Field(7, Required = true, Always = true)]
    public string? ImageID { get; set; }

    [Field(8)]
    public string? ContainerID { get; set; }

    [Field(9)]
    public bool? Started { get; set; }

    [Field(10)]
    public Dictionary<string, Quantity>? AllocatedResources { get; set; }

    [Field(11)]
    public ResourceRequirements? Resources { get; set; }

    [Field(12)]
    [ListType(ListKind.Map, "mountPath")]
    [PatchStrategy("merge", MergeKey = "mountPath")]
    public List<VolumeMountStatus>? VolumeMounts { get; set; }

    [Field(13)]
    public ContainerUser? User { get; set; }

    [Field(14)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<ResourceStatus>? AllocatedResourcesStatus { get; set; }
}
