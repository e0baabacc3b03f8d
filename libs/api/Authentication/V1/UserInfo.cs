using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

public sealed class UserInfo
{
    [Field(1)]
    public string? Username { get; set; }

    [Field(2)]
    public string? Uid { get; set; }

    [Field(3)]
    [ListType(ListKind.Atomic)]
    public List<string>? Groups { get; set; }

    [Field(4)]
    [Scalar(ScalarForm.WrappedList)]
    public Dictionary<string, List<string>>? Extra { get; set; }
}
