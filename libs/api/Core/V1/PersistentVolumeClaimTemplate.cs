using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What a claim made for a pod looks like.</summary>
public sealed class PersistentVolumeClaimTemplate
{
    /// <summary>Labels and annotations of the claim.</summary>
    [Field(1, Always = true)]
    public ObjectMeta? Metadata { get; set; }

    /// <summary>What the claim asks for.</summary>
    [Field(2, Required = true, Always = true)]
    public PersistentVolumeClaimSpec? Spec { get; set; }
}
