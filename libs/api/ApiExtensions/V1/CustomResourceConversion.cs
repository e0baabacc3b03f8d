using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

public sealed class CustomResourceConversion
{
    [Field(1, Required = true, Always = true)]
    public string? Strategy { get; set; }

    [Field(2)]
    public WebhookConversion? Webhook { get; set; }
}
