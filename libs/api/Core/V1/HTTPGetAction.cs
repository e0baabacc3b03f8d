using Kube.Api.Schema;
using Kube.Api.Values;

namespace Kube.Api.Core.V1;

public sealed class HTTPGetAction
{
    [Field(1)]
    [Default("\"/\"")]
    public string? Path { get; set; }

    [Field(2, Required = true, Always = true)]
    public IntOrString? Port { get; set; }

    [Field(3)]
    public string? Host { get; set; }

    [Field(4)]
    [Enum("HTTP", "HTTPS")]
    [Default("\"HTTP\"")]
    public string? Scheme { get; set; }

    [Field(5)]
    [ListType(ListKind.Atomic)]
    public List<HTTPHeader>? HttpHeaders { get; set; }
}
