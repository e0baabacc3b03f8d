using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

/// <summary>How pods are numbered.</summary>
public sealed class StatefulSetOrdinals
{
    /// <summary>Number of the first pod.</summary>
    [Field(1, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Start { get; set; }
}
