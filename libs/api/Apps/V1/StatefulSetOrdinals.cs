using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

public sealed class StatefulSetOrdinals
{
    [Field(1, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Start { get; set; }
}
