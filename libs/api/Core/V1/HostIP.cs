using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An address of a node.</summary>
public sealed class HostIP
{
    /// <summary>The address.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Ip { get; set; }
}
