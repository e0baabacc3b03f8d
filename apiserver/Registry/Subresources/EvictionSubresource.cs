using System.Text.Json.Nodes;
using Kube.Api.Schema;
using Kube.Api.Selectors;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>
/// pods/eviction: deletes a pod where the disruption budgets that select it allow one more disruption; 429 where not.
/// The budget is charged by a conditional write of its status, so that evictions through several servers share it.
/// </summary>
internal sealed class EvictionSubresource(Func<ResourceStore?> budgets, TimeProvider time) : ICreateSubresource
{
    private static readonly string[] Served = ["create"];

    public GroupVersionKind Kind { get; } = new("policy", "v1", "Eviction");

    public IReadOnlyList<string> Verbs => Served;

    public async Task<JsonObject> CreateAsync(WriteContext context, ResourceStore store, string ns, string name, JsonObject body, CancellationToken cancellationToken)
    {
        var request = body["deleteOptions"] is JsonObject options ? DeleteRequest.FromObject(options) : new DeleteRequest();
        var pod = await store.FindAsync(ns, name, cancellationToken).ConfigureAwait(false) ?? throw ApiErrors.NotFound(store.Definition, name);
        if (!IgnoresBudget(pod) && budgets() is { } budgetStore)
        {
            await ChargeAsync(context, budgetStore, pod, ns, name, cancellationToken).ConfigureAwait(false);
        }

        var uid = request.PreconditionUid ?? new ObjectAccessor(pod).Uid;
        await store.DeleteAsync(context, ns, name, request with { PreconditionUid = uid }, cancellationToken).ConfigureAwait(false);
        return ApiErrors.Success(201);
    }

    /// <summary>A pod that has not begun, has ended or is going already takes nothing from anyone.</summary>
    private static bool IgnoresBudget(JsonObject pod) =>
        new ObjectAccessor(pod).IsDeleting || ObjectAccessor.Text(pod["status"] as JsonObject, "phase") is "Succeeded" or "Failed" or "Pending";

    private async Task ChargeAsync(WriteContext context, ResourceStore budgetStore, JsonObject pod, string ns, string name, CancellationToken cancellationToken)
    {
        var labels = (pod["metadata"] as JsonObject)?["labels"] as JsonObject ?? [];
        var matching = budgetStore.ListCached(ns)
            .Where(b => LabelSelector.FromObject(b["spec"]?["selector"] as JsonObject).Matches(labels))
            .ToList();
        if (matching.Count == 0)
        {
            return;
        }

        if (matching.Count > 1)
        {
            throw ApiErrors.InternalError("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        }

        var budget = new ObjectAccessor(matching[0]).Name;
        var status = new WriteContext { User = context.User, DryRun = context.DryRun, Subresource = "status" };
        await budgetStore.UpdateAsync(status, ns, budget, current => ValueTask.FromResult(Charge(current, budget, name)), null, cancellationToken).ConfigureAwait(false);
    }

    private JsonObject Charge(JsonObject budget, string budgetName, string podName)
    {
        var status = (JsonObject)(budget["status"] ??= new JsonObject());
        var allowed = ObjectAccessor.Number(status, "disruptionsAllowed") ?? 0;
        if ((ObjectAccessor.Number(status, "observedGeneration") ?? 0) < new ObjectAccessor(budget).Generation)
        {
            throw ApiErrors.EvictionForbidden($"The disruption budget {budgetName} is still being processed by the server.", 10);
        }

        if (allowed <= 0)
        {
            var healthy = ObjectAccessor.Number(status, "currentHealthy") ?? 0;
            var desired = ObjectAccessor.Number(status, "desiredHealthy") ?? 0;
            throw ApiErrors.EvictionForbidden($"The disruption budget {budgetName} needs {desired} healthy pods and has {healthy} currently", 0);
        }

        status["disruptionsAllowed"] = allowed - 1;
        status["disruptedPods"] ??= new JsonObject();
        status["disruptedPods"]![podName] = ObjectAccessor.FormatTime(time.GetUtcNow());
        return budget;
    }
}
