using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

public sealed class SubjectAccessReviewSpec
{
    [Field(1)]
    public ResourceAttributes? ResourceAttributes { get; set; }

    [Field(2)]
    public NonResourceAttributes? NonResourceAttributes { get; set; }

    [Field(3)]
    public string? User { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<string>? Groups { get; set; }

    [Field(5)]
    [Scalar(ScalarForm.WrappedList)]
    public Dictionary<string, List<string>>? Extra { get; set; }

    [Field(6)]
    public string? Uid { get; set; }
}
