using Kube.Api.Schema;

namespace Kube.Api.Networking.V1;

public sealed class IngressClassParametersReference
{
    [Field(1, Pointer = true)]
    public string? ApiGroup { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Kind { get; set; }

    [Field(3, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(4, Pointer = true)]
    [Default("\"Cluster\"")]
    public string? Scope { get; set; }

    [Field(5, Pointer = true)]
    public string? Namespace { get; set; }
}
