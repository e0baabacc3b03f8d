using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class CustomResourceSubresources
{
    /// <summary>What was observed last; written by the system, not by users.</summary>
    [Field(1)]
    public CustomResourceSubresourceStatus? Status { get; set; }

    [Field(2)]
    public CustomResourceSubresourceScale? Scale { get; set; }
}
