using Kube.Api.Core.V1;

namespace Kube.Kubelet.PodWorkers;

/// <summary>Which part of a pod an event is about.</summary>
internal static class FieldPaths
{
    public static string Of(Pod pod, Container container) =>
        pod.InitContainers().Any(c => c.Name == container.Name) ? $"spec.initContainers{{{container.Name}}}"
            : pod.IsEphemeral(container) ? $"spec.ephemeralContainers{{{container.Name}}}"
            : $"spec.containers{{{container.Name}}}";
}
