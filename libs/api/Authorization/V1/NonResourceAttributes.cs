using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

public sealed class NonResourceAttributes
{
    [Field(1)]
    public string? Path { get; set; }

    [Field(2)]
    public string? Verb { get; set; }
}
