using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class HTTPHeader
{
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Value { get; set; }
}
