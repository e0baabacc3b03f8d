using System.Text.Json.Serialization;
using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

/// <summary>A container that ended.</summary>
public sealed class ContainerStateTerminated
{
    /// <summary>Exit code of its last run.</summary>
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int ExitCode { get; set; }

    /// <summary>Signal that ended its last run.</summary>
    [Field(2)]
    public int Signal { get; set; }

    /// <summary>Why it ended, in one word: Completed, Error, OOMKilled.</summary>
    [Field(3)]
    public string? Reason { get; set; }

    /// <summary>What it left as termination message.</summary>
    [Field(4)]
    public string? Message { get; set; }

    /// <summary>Time at which that run started.</summary>
    [Field(5, Always = true)]
    public Time? StartedAt { get; set; }

    /// <summary>Time at which that run ended.</summary>
    [Field(6, Always = true)]
    public Time? FinishedAt { get; set; }

    /// <summary>Identity of that run: type://id.</summary>
    [Field(7)]
    public string? ContainerID { get; set; }
}
