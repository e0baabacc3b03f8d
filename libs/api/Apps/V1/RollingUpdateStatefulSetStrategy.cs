using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Apps.V1;

public sealed class RollingUpdateStatefulSetStrategy
{
    [Field(1)]
    public int? Partition { get; set; }

    [Field(2)]
    public IntOrString? MaxUnavailable { get; set; }
}
