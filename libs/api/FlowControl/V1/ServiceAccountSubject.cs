using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class ServiceAccountSubject
{
    [Field(1, Required = true, Always = true)]
    public string? Namespace { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Name { get; set; }
}
