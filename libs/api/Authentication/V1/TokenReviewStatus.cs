using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

public sealed class TokenReviewStatus
{
    [Field(1)]
    public bool Authenticated { get; set; }

    [Field(2, Always = true)]
    public UserInfo? User { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<string>? Audiences { get; set; }

    [Field(3)]
    public string? Error { get; set; }
}
