using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class WebhookConversion
{
    [Field(2)]
    public WebhookClientConfig? ClientConfig { get; set; }

    [Field(3, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? ConversionReviewVersions { get; set; }
}
