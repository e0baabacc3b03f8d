using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Apps.V1;

public sealed class RollingUpdateDaemonSet
{
    [Field(1)]
    public IntOrString? MaxUnavailable { get; set; }

    [Field(2)]
    public IntOrString? MaxSurge { get; set; }
}
