using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>User and groups on Linux.</summary>
public sealed class LinuxContainerUser
{
    /// <summary>Number of the user.</summary>
    [Field(1, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Uid { get; set; }

    /// <summary>Number of the main group.</summary>
    [Field(2, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Gid { get; set; }

    /// <summary>Numbers of the other groups.</summary>
    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<long>? SupplementalGroups { get; set; }
}
