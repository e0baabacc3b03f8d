using System.Text.Json.Nodes;
using Kube.Api.Errors;
using Kube.Api.Scheduling;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>Writes the number and the preemption policy of a pod's priority class into the pod.</summary>
internal sealed class PriorityAdmission(ResourceRegistry registry) : IMutatingAdmission
{
    public bool Handles(AdmissionRequest request) =>
        request is { Operation: AdmissionOperation.Create, Group: "", Resource: "pods", Subresource: "" };

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Object!["spec"] is not JsonObject spec)
        {
            return default;
        }

        var (name, priority, policy) = Resolve(request, ObjectAccessor.Text(spec, "priorityClassName"));
        if (ObjectAccessor.Number(spec, "priority") is { } given && given != priority)
        {
            throw new KubeStatusException(KubeStatus.Forbidden(
                "", "pods", request.Name, $"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name"));
        }

        if (name.Length > 0)
        {
            spec["priorityClassName"] = name;
        }

        spec["priority"] = priority;
        spec["preemptionPolicy"] ??= policy;
        return default;
    }

    private (string Name, long Priority, string Policy) Resolve(AdmissionRequest request, string name)
    {
        const string preempt = "PreemptLowerPriority";
        if (SystemPriorityClasses.Find(name) is { } system)
        {
            // The cache need not have them yet while a cluster starts.
            return (name, system.Value, preempt);
        }

        var classes = registry.Get("scheduling.k8s.io", "v1", "priorityclasses");
        if (name.Length == 0)
        {
            var preset = classes.ListCached("").Where(candidate => ObjectAccessor.Flag(candidate, "globalDefault") == true)
                .MinBy(candidate => ObjectAccessor.Number(candidate, "value") ?? 0);
            return preset is null ? (string.Empty, 0, preempt) : Describe(preset, preempt);
        }

        return classes.FindCached("", name) is { } found
            ? Describe(found, preempt)
            : throw new KubeStatusException(KubeStatus.Forbidden("", "pods", request.Name, $"no PriorityClass with name {name} was found"));
    }

    private static (string Name, long Priority, string Policy) Describe(JsonObject priorityClass, string preset) => (
        new ObjectAccessor(priorityClass).Name,
        ObjectAccessor.Number(priorityClass, "value") ?? 0,
        ObjectAccessor.Text(priorityClass, "preemptionPolicy") is { Length: > 0 } policy ? policy : preset);
}
