using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class SelectableField
{
    [Field(1, Required = true, Always = true)]
    public string? JsonPath { get; set; }
}
