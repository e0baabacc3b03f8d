using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class TCPSocketAction
{
    [Field(1, Required = true, Always = true)]
    public IntOrString? Port { get; set; }

    [Field(2)]
    public string? Host { get; set; }
}
