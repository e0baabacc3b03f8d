using Kube.Api.Meta.V1;
using Kube.Api.Schema;

namespace Kube.Api.Batch.V1;

/// <summary>What jobs made by a cron job look like.</summary>
public sealed class JobTemplateSpec
{
    /// <summary>Labels and annotations the jobs get.</summary>
    [Field(1, Always = true)]
    public ObjectMeta? Metadata { get; set; }

    /// <summary>What the jobs run.</summary>
    [Field(2, Always = true)]
    public JobSpec? Spec { get; set; }
}
