using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.ApiServer.Registry;

/// <summary>How a component is, by its own account.</summary>
/// <param name="IsHealthy">False also when it could not be asked.</param>
/// <param name="Message">What it said, or why it said nothing.</param>
/// <param name="Error">Why it could not be asked, where that is an error of ours.</param>
public readonly record struct ComponentHealth(bool IsHealthy, string Message, string Error = "");

/// <summary>
/// componentstatuses: the components that the API server can reach from where it runs, asked when somebody asks. Outdated in Kubernetes,
/// where it looks, as here, for scheduler and controllers on their usual ports of its own machine.
/// </summary>
/// <param name="components">How to ask each, by name. A probe has its own time limit.</param>
internal sealed class ComponentStatuses(IReadOnlyDictionary<string, Func<CancellationToken, Task<ComponentHealth>>> components) : IComputedResource
{
    public KindInfo Kind { get; } = KindCatalog.Default.FindResource("", "v1", "componentstatuses")!;

    public string Warning => "v1 ComponentStatus is deprecated in v1.19+";

    public async Task<IReadOnlyList<JsonObject>> ListAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(components.OrderBy(static component => component.Key, StringComparer.Ordinal).Select(async component =>
            StatusOf(component.Key, await component.Value(cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);

    private static JsonObject StatusOf(string name, ComponentHealth health)
    {
        var condition = new JsonObject { ["type"] = "Healthy", ["status"] = health.IsHealthy ? "True" : "False" };
        if (health.Message.Length > 0)
        {
            condition["message"] = health.Message;
        }

        if (health.Error.Length > 0)
        {
            condition["error"] = health.Error;
        }

        return new JsonObject
        {
            ["kind"] = "ComponentStatus",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject { ["name"] = name, ["creationTimestamp"] = null },
            ["conditions"] = new JsonArray(condition),
        };
    }
}
