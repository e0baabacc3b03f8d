using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Kube.Api.ApiExtensions.V1;
using Kube.Api.Apps.V1;
using Kube.Api.Autoscaling.V2;
using Kube.Api.Batch.V1;
using Kube.Api.Core.V1;
using Kube.Api.Networking.V1;
using Kube.Api.Rbac.V1;

namespace Kube.Api.Defaulting;

/// <summary>The defaults that depend on other fields, by the type they belong to.</summary>
internal static class DefaultRules
{
    private static readonly FrozenDictionary<Type, Action<JsonObject>> ByType = new Dictionary<Type, Action<JsonObject>>
    {
        [typeof(Pod)] = PodDefaults.Pod,
        [typeof(Container)] = PodDefaults.Container,
        [typeof(EphemeralContainer)] = PodDefaults.Container,
        [typeof(Volume)] = PodDefaults.Volume,
        [typeof(Service)] = CoreDefaults.Service,
        [typeof(Namespace)] = CoreDefaults.Namespace,
        [typeof(NodeStatus)] = CoreDefaults.NodeStatus,
        [typeof(Secret)] = CoreDefaults.Secret,
        [typeof(LimitRangeItem)] = CoreDefaults.LimitRangeItem,
        [typeof(ReplicationController)] = CoreDefaults.ReplicationController,
        [typeof(EndpointPort)] = CoreDefaults.EndpointPort,
        [typeof(Discovery.V1.EndpointPort)] = CoreDefaults.SlicePort,
        [typeof(DeploymentStrategy)] = WorkloadDefaults.DeploymentStrategy,
        [typeof(DaemonSetUpdateStrategy)] = WorkloadDefaults.DaemonSetStrategy,
        [typeof(StatefulSetUpdateStrategy)] = WorkloadDefaults.StatefulSetStrategy,
        [typeof(Job)] = WorkloadDefaults.Job,
        [typeof(JobSpec)] = WorkloadDefaults.JobSpec,
        [typeof(HorizontalPodAutoscalerSpec)] = AutoscalerDefaults.Spec,
        [typeof(CustomResourceDefinitionSpec)] = CoreDefaults.DefinitionSpec,
        [typeof(RoleRef)] = CoreDefaults.RoleRef,
        [typeof(Subject)] = CoreDefaults.Subject,
        [typeof(NetworkPolicySpec)] = CoreDefaults.NetworkPolicySpec,
    }.ToFrozenDictionary();

    internal static void Apply(JsonObject obj, Type type)
    {
        if (ByType.TryGetValue(type, out var rule))
        {
            rule(obj);
        }
    }
}
