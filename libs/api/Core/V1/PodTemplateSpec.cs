using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What pods made by a controller look like.</summary>
public sealed class PodTemplateSpec
{
    /// <summary>Labels and annotations the pods get.</summary>
    [Field(1, Always = true)]
    public ObjectMeta? Metadata { get; set; }

    /// <summary>What the pods run.</summary>
    [Field(2, Always = true)]
    public PodSpec? Spec { get; set; }
}
