using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>How much of the server; the field that belongs to type is set.</summary>
public sealed class PriorityLevelConfigurationSpec
{
    /// <summary>Limited or Exempt.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>Bounds of a limited level.</summary>
    [Field(2)]
    public LimitedPriorityLevelConfiguration? Limited { get; set; }

    /// <summary>What an exempt level lends.</summary>
    [Field(3)]
    public ExemptPriorityLevelConfiguration? Exempt { get; set; }
}
