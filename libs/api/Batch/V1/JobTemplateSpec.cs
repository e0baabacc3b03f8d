using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

public sealed class JobTemplateSpec
{
    [Field(1, Always = true)]
    public ObjectMeta? Metadata { get; set; }

    [Field(2, Always = true)]
    public JobSpec? Spec { get; set; }
}
