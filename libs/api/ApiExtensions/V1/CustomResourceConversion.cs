using Kube.Api.Schema;

namespace Kube.Api.ApiExtensions.V1;

/// <summary>How objects go from one version to another.</summary>
public sealed class CustomResourceConversion
{
    /// <summary>None just writes the other version's name; Webhook asks.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Strategy { get; set; }

    /// <summary>Whom to ask.</summary>
    [Field(2)]
    public WebhookConversion? Webhook { get; set; }
}
