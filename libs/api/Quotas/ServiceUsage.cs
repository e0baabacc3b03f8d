using System.Text.Json.Nodes;
using Kube.Api.Serialization;
using Kube.Api.Values;

namespace Kube.Api.Quotas;

/// <summary>Services, their load balancers and the node ports that they will get.</summary>
internal sealed class ServiceUsage() : UsageEvaluator("", "services")
{
    private static readonly string[] Names = ["count/services", "services", "services.nodeports", "services.loadbalancers"];

    public static ServiceUsage Instance { get; } = new();

    /// <summary>An update may change the type.</summary>
    public override bool Handles(QuotaOperation operation, string subresource, JsonObject obj, JsonObject? old) => true;

    public override bool Tracks(string name) => Array.IndexOf(Names, name) >= 0;

    public override Dictionary<string, Quantity> Usage(JsonObject obj, DateTimeOffset now)
    {
        var spec = obj.Map("spec");
        var type = spec.Text("type");
        var ports = type switch
        {
            "NodePort" => spec.Items("ports").Count(),
            // Without allocation only the ports that the client chose itself are taken.
            "LoadBalancer" => spec.Flag("allocateLoadBalancerNodePorts") == false
                ? spec.Items("ports").Count(port => port.Whole("nodePort") is > 0)
                : spec.Items("ports").Count(),
            _ => 0,
        };
        return new(StringComparer.Ordinal)
        {
            [CountName] = new(1),
            ["services"] = new(1),
            ["services.nodeports"] = new(ports),
            ["services.loadbalancers"] = new(type == "LoadBalancer" ? 1 : 0),
        };
    }
}
