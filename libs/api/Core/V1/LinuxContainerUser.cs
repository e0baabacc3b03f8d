using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class LinuxContainerUser
{
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Uid { get; set; }

    [Field(2, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Gid { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<long>? SupplementalGroups { get; set; }
}
