using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

public sealed class HostAlias
{
    [Field(1, Required = true, Always = true)]
    public string? Ip { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Hostnames { get; set; }
}
