using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class ClientIPConfig
{
    [Field(1)]
    [Range(1, 86400)]
    public int? TimeoutSeconds { get; set; }
}
