using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>A user.</summary>
public sealed class UserSubject
{
    /// <summary>The user's name; * means all.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }
}
