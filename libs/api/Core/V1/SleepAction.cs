using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A pause.</summary>
public sealed class SleepAction
{
    /// <summary>Seconds to wait.</summary>
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Seconds { get; set; }
}
