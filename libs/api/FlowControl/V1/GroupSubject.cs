using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>A group.</summary>
public sealed class GroupSubject
{
    /// <summary>The group's name; * means all.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }
}
