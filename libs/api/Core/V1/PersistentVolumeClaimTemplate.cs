using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PersistentVolumeClaimTemplate
{
    [Field(1, Always = true)]
    public ObjectMeta? Metadata { get; set; }

    [Field(2, Required = true, Always = true)]
    public PersistentVolumeClaimSpec? Spec { get; set; }
}
