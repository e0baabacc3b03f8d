using System.Text.Json.Serialization;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class ContainerStateTerminated
{
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int ExitCode { get; set; }

    [Field(2)]
    public int Signal { get; set; }

    [Field(3)]
    public string? Reason { get; set; }

    [Field(4)]
    public string? Message { get; set; }

    [Field(5, Always = true)]
    public Time? StartedAt { get; set; }

    [Field(6, Always = true)]
    public Time? FinishedAt { get; set; }

    [Field(7)]
    public string? ContainerID { get; set; }
}
