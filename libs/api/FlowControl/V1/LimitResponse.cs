using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>What happens to requests beyond the bound.</summary>
public sealed class LimitResponse
{
    /// <summary>Queue or Reject.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>How they wait; only with Queue.</summary>
    [Field(2)]
    public QueuingConfiguration? Queuing { get; set; }
}
