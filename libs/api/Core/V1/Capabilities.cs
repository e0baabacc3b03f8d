using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>Rights of the superuser, given or taken away one by one.</summary>
public sealed class Capabilities
{
    /// <summary>Capabilities added.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Add { get; set; }

    /// <summary>Capabilities taken away; ALL takes all.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Drop { get; set; }
}
