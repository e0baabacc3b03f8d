using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Names for an address in /etc/hosts.</summary>
public sealed class HostAlias
{
    /// <summary>The address.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Ip { get; set; }

    /// <summary>The names.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Hostnames { get; set; }
}
