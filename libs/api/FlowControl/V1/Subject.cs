using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>Who makes requests; the field named by kind is set.</summary>
public sealed class Subject
{
    /// <summary>User, Group or ServiceAccount.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Kind { get; set; }

    /// <summary>A user.</summary>
    [Field(2)]
    public UserSubject? User { get; set; }

    /// <summary>A group.</summary>
    [Field(3)]
    public GroupSubject? Group { get; set; }

    /// <summary>A service account.</summary>
    [Field(4)]
    public ServiceAccountSubject? ServiceAccount { get; set; }
}
