using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>pods/binding: the scheduler's word that a pod belongs on a node. A pod is bound once.</summary>
internal sealed class BindingSubresource(TimeProvider time) : ICreateSubresource
{
    private static readonly string[] Served = ["create"];

    public GroupVersionKind Kind { get; } = new("", "v1", "Binding");

    public IReadOnlyList<string> Verbs => Served;

    public async Task<JsonObject> CreateAsync(WriteContext context, ResourceStore store, string ns, string name, JsonObject body, CancellationToken cancellationToken)
    {
        var target = body["target"] as JsonObject;
        var node = ObjectAccessor.Text(target, "name");
        if (ObjectAccessor.Text(target, "kind") is not ("" or "Node") || node.Length == 0)
        {
            throw ApiErrors.InvalidBinding(name, node.Length == 0);
        }

        var binding = new ObjectAccessor(body);
        await store.UpdateAsync(context, ns, name, pod => ValueTask.FromResult(Bind(store, pod, binding, name, node)), null, cancellationToken).ConfigureAwait(false);
        return ApiErrors.Success(201);
    }

    private JsonObject Bind(ResourceStore store, JsonObject pod, ObjectAccessor binding, string name, string node)
    {
        var accessor = new ObjectAccessor(pod);
        if (binding.Uid.Length > 0 && binding.Uid != accessor.Uid)
        {
            throw ApiErrors.Conflict(store.Definition, name, $"Precondition failed: UID in precondition: {binding.Uid}, UID in object meta: {accessor.Uid}");
        }

        if (accessor.IsDeleting)
        {
            throw ApiErrors.BindingConflict(store.Definition, name, $"pod {name} is being deleted, cannot be assigned to a host");
        }

        var spec = (JsonObject)(pod["spec"] ??= new JsonObject());
        if (ObjectAccessor.Text(spec, "nodeName") is { Length: > 0 } bound)
        {
            throw ApiErrors.BindingConflict(store.Definition, name, $"pod {name} is already assigned to node \"{bound}\"");
        }

        if (spec["schedulingGates"] is JsonArray { Count: > 0 })
        {
            throw ApiErrors.BindingConflict(store.Definition, name, $"pod {name} has non-empty .spec.schedulingGates");
        }

        spec["nodeName"] = node;
        var annotations = (binding.Root["metadata"] as JsonObject)?["annotations"] as JsonObject;
        foreach (var (key, value) in annotations ?? [])
        {
            accessor.Metadata["annotations"] ??= new JsonObject();
            accessor.Metadata["annotations"]![key] = value?.DeepClone();
        }

        SetScheduled((JsonObject)(pod["status"] ??= new JsonObject()));
        return pod;
    }

    private void SetScheduled(JsonObject status)
    {
        if (status["conditions"] is not JsonArray conditions)
        {
            conditions = [];
            status["conditions"] = conditions;
        }

        var condition = conditions.OfType<JsonObject>().FirstOrDefault(c => ObjectAccessor.Text(c, "type") == "PodScheduled");
        if (condition is not null)
        {
            conditions.Remove(condition);
        }

        conditions.Add(new JsonObject
        {
            ["type"] = "PodScheduled",
            ["status"] = "True",
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = ObjectAccessor.FormatTime(time.GetUtcNow()),
        });
    }
}

/// <summary>The older form of a binding, a resource of its own: POST bindings with the pod's name in metadata.</summary>
internal sealed class BindingResource(BindingSubresource binding, Func<ResourceStore> pods) : IReviewResource
{
    public Task<JsonObject> CreateAsync(WriteContext context, string ns, JsonObject review, CancellationToken cancellationToken) =>
        binding.CreateAsync(context with { Subresource = "binding" }, pods(), ns, new ObjectAccessor(review).Name, review, cancellationToken);
}
