using System.Text.Json.Nodes;
using Kube.Api.Schema;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>status: what controllers report; nothing else changes through it.</summary>
internal sealed class StatusSubresource(GroupVersionKind kind, ResourceStrategy strategy) : IObjectSubresource
{
    private static readonly string[] Served = ["get", "patch", "update"];

    public GroupVersionKind Kind => kind;

    public IReadOnlyList<string> Verbs => Served;

    public void PrepareForUpdate(JsonObject obj, JsonObject old) => strategy.PrepareForStatusUpdate(obj, old);
}

/// <summary>namespaces/finalize: changes spec.finalizers; the namespace goes when the last one does.</summary>
internal sealed class FinalizeSubresource(GroupVersionKind kind) : IObjectSubresource
{
    private static readonly string[] Served = ["update"];

    public GroupVersionKind Kind => kind;

    public IReadOnlyList<string> Verbs => Served;

    public void PrepareForUpdate(JsonObject obj, JsonObject old) => Strategies.NamespaceStrategy.PrepareForFinalize(obj, old);
}

/// <summary>certificatesigningrequests/approval: says yes or no to a request.</summary>
internal sealed class ApprovalSubresource(GroupVersionKind kind, Strategies.SigningRequestStrategy strategy) : IObjectSubresource
{
    private static readonly string[] Served = ["get", "patch", "update"];

    public GroupVersionKind Kind => kind;

    public IReadOnlyList<string> Verbs => Served;

    public void PrepareForUpdate(JsonObject obj, JsonObject old) => strategy.PrepareForApproval(obj, old);
}

/// <summary>A subresource through which one field of spec may change, and nothing else but metadata.</summary>
internal sealed class SpecFieldSubresource(GroupVersionKind kind, Action<JsonObject, JsonObject> copyAllowed, params string[] verbs) : IObjectSubresource
{
    public GroupVersionKind Kind => kind;

    public IReadOnlyList<string> Verbs => verbs;

    /// <summary>The old object with the allowed part of the new one.</summary>
    public void PrepareForUpdate(JsonObject obj, JsonObject old)
    {
        var wanted = (JsonObject)obj.DeepClone();
        foreach (var name in old.Select(p => p.Key).Concat(obj.Select(p => p.Key)).Distinct().ToList())
        {
            if (name is not ("metadata" or "apiVersion" or "kind"))
            {
                obj.Remove(name);
                if (old[name] is { } value)
                {
                    obj[name] = value.DeepClone();
                }
            }
        }

        copyAllowed(wanted, obj);
    }
}
