using Kube.Api.Schema;

namespace Kube.Api.Authentication.V1;

public sealed class TokenReviewSpec
{
    [Field(1)]
    public string? Token { get; set; }

    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? Audiences { get; set; }
}
