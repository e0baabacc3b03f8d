using Kube.Api.Schema;

namespace Kube.Api.Meta.V1;

/// <summary>Says something of a row as a whole.</summary>
public sealed class TableRowCondition
{
    /// <summary>What is said; Completed is the only one.</summary>
    [Field(0, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>Whether it holds: True, False or Unknown.</summary>
    [Field(0, Required = true, Always = true)]
    public string? Status { get; set; }

    /// <summary>Why the status last changed, as one CamelCase word for programs.</summary>
    [Field(0)]
    public string? Reason { get; set; }

    /// <summary>Why the status last changed, in words for people.</summary>
    [Field(0)]
    public string? Message { get; set; }
}
