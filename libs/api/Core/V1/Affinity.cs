using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class Affinity
{
    [Field(1)]
    public NodeAffinity? NodeAffinity { get; set; }

    [Field(2)]
    public PodAffinity? PodAffinity { get; set; }

    [Field(3)]
    public PodAntiAffinity? PodAntiAffinity { get; set; }
}
