using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class Lifecycle
{
    [Field(1)]
    public LifecycleHandler? PostStart { get; set; }

    [Field(2)]
    public LifecycleHandler? PreStop { get; set; }
}
