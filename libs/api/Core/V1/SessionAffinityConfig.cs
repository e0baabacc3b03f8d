using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Details of session affinity.</summary>
public sealed class SessionAffinityConfig
{
    /// <summary>For affinity by the client's address.</summary>
    [Field(1)]
    public ClientIPConfig? ClientIP { get; set; }
}
