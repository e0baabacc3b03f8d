using Kube.Api.Schema;

namespace Kube.Api.Apps.V1;

public sealed class StatefulSetPersistentVolumeClaimRetentionPolicy
{
    [Field(1)]
    [Default("\"Retain\"")]
    public string? WhenDeleted { get; set; }

    [Field(2)]
    [Default("\"Retain\"")]
    public string? WhenScaled { get; set; }
}
