using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>A webhook that converts.</summary>
public sealed class WebhookConversion
{
    /// <summary>Where it is.</summary>
    [Field(2)]
    public WebhookClientConfig? ClientConfig { get; set; }

    /// <summary>Versions of ConversionReview it knows, the best first.</summary>
    [Field(3, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? ConversionReviewVersions { get; set; }
}
