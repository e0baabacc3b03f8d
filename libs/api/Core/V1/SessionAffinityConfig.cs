using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class SessionAffinityConfig
{
    [Field(1)]
    public ClientIPConfig? ClientIP { get; set; }
}
