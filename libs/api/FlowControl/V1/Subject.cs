using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

public sealed class Subject
{
    [Field(1, Required = true, Always = true)]
    public string? Kind { get; set; }

    [Field(2)]
    public UserSubject? User { get; set; }

    [Field(3)]
    public GroupSubject? Group { get; set; }

    [Field(4)]
    public ServiceAccountSubject? ServiceAccount { get; set; }
}
