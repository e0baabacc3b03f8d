namespace Kube.Client;

/// <summary>Where the client's metrics are found.</summary>
public static class ClientMetrics
{
    /// <summary>Name of the meter that all metrics of this library belong to.</summary>
    public const string MeterName = "Kube.Client";
}
