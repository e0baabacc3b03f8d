using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An address of a pod.</summary>
public sealed class PodIP
{
    /// <summary>The address.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Ip { get; set; }
}
