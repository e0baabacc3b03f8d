using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>What was found about a component.</summary>
public sealed class ComponentCondition
{
    /// <summary>Healthy.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Type { get; set; }

    /// <summary>Whether it holds: True, False or Unknown.</summary>
    [Field(2, Required = true, Always = true)]
    public string? Status { get; set; }

    /// <summary>What the component said.</summary>
    [Field(3)]
    public string? Message { get; set; }

    /// <summary>Why it could not be asked.</summary>
    [Field(4)]
    public string? Error { get; set; }
}
