using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An operating system.</summary>
public sealed class PodOS
{
    /// <summary>linux or windows.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }
}
