using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>What tells flows apart.</summary>
public sealed class FlowDistinguisherMethod
{
    /// <summary>ByUser or ByNamespace.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }
}
