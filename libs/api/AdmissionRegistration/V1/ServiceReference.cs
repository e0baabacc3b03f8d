using Kube.Api.Schema;

namespace Kube.Api.AdmissionRegistration.V1;

public sealed class ServiceReference
{
    [Field(1, Required = true, Always = true)]
    public string? Namespace { get; set; }

    [Field(2, Required = true, Always = true)]
    public string? Name { get; set; }

    [Field(3, Pointer = true)]
    public string? Path { get; set; }

    [Field(4)]
    [Default("443")]
    public int? Port { get; set; }
}
