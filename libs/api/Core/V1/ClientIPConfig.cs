using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Affinity by the client's address.</summary>
public sealed class ClientIPConfig
{
    /// <summary>Seconds after which the client may go elsewhere.</summary>
    [Field(1)]
    [Range(1, 86400)]
    public int? TimeoutSeconds { get; set; }
}
