using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class PodTemplateSpec
{
    [Field(1, Always = true)]
    public ObjectMeta? Metadata { get; set; }

    [Field(2, Always = true)]
    public PodSpec? Spec { get; set; }
}
