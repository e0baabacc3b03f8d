using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

public sealed class JobTemplateSpec
{
    /// <summary>Name, namespace, labels, annotations, owners and the rest of what every object carries.</summary>
    [Field(1, Always = true)]
    public ObjectMeta? Metadata { get; set; }

    /// <summary>What is wanted.</summary>
    [Field(2, Always = true)]
    public JobSpec? Spec { get; set; }
}
