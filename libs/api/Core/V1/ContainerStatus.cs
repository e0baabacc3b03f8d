using System.Text.Json.Serialization;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>How a container is doing.</summary>
public sealed class ContainerStatus
{
    /// <summary>Name of the container.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>What it is doing now.</summary>
    [Field(2, Always = true)]
    public ContainerState? State { get; set; }

    /// <summary>How the run before this one ended.</summary>
    [Field(3, Always = true)]
    public ContainerState? LastState { get; set; }

    /// <summary>Whether it runs and its readiness probe passes.</summary>
    [Field(4, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool Ready { get; set; }

    /// <summary>How often it was restarted. Cleaning up old containers can lower it.</summary>
    [Field(5, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int RestartCount { get; set; }

    /// <summary>The image it runs, as the runtime names it.</summary>
    [Field(6, Required = true, Always = true)]
    public string? Image { get; set; }

    /// <summary>Digest or identity of that image.</summary>
    [Field(7, Required = true, Always = true)]
    public string? ImageID { get; set; }

    /// <summary>Identity of the container: type://id.</summary>
    [Field(8)]
    public string? ContainerID { get; set; }

    /// <summary>Whether it runs, and its startup probe and post-start hook are done.</summary>
    [Field(9)]
    public bool? Started { get; set; }

    /// <summary>Resources the node has set aside for it.</summary>
    [Field(10)]
    public Dictionary<string, Quantity>? AllocatedResources { get; set; }

    /// <summary>Requests and limits in force.</summary>
    [Field(11)]
    public ResourceRequirements? Resources { get; set; }

    /// <summary>Mounts as they were made.</summary>
    [Field(12)]
    [ListType(ListKind.Map, "mountPath")]
    [PatchStrategy("merge", MergeKey = "mountPath")]
    public List<VolumeMountStatus>? VolumeMounts { get; set; }

    /// <summary>User and groups its first process runs as.</summary>
    [Field(13)]
    public ContainerUser? User { get; set; }

    /// <summary>State of the devices it was given.</summary>
    [Field(14)]
    [ListType(ListKind.Map, "name")]
    [PatchStrategy("merge", MergeKey = "name")]
    public List<ResourceStatus>? AllocatedResourcesStatus { get; set; }
}
