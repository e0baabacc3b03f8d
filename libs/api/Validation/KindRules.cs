using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Kube.Api.AdmissionRegistration.V1;
using Kube.Api.ApiExtensions.V1;
using Kube.Api.ApiRegistration.V1;
using Kube.Api.Apps.V1;
using Kube.Api.Autoscaling.V2;
using Kube.Api.Batch.V1;
using Kube.Api.Certificates.V1;
using Kube.Api.Coordination.V1;
using Kube.Api.Core.V1;
using Kube.Api.Discovery.V1;
using Kube.Api.FlowControl.V1;
using Kube.Api.Networking.V1;
using Kube.Api.Nodes.V1;
using Kube.Api.Policy.V1;
using Kube.Api.Rbac.V1;
using Kube.Api.Scheduling.V1;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.Api.Storage.V1;

namespace Kube.Api.Validation;

/// <summary>The hand-written rules of a kind.</summary>
/// <param name="Create">Rules that hold of any object.</param>
/// <param name="Update">Rules that compare an object with what it was.</param>
internal sealed record RuleSet(Action<ErrorList, JsonObject>? Create, Action<ErrorList, JsonObject, JsonObject>? Update = null)
{
    /// <summary>The rule of the object's name.</summary>
    internal Func<string, IReadOnlyList<string>> Name { get; init; } = NameRules.DnsSubdomain;

    /// <summary>Rules of a new object alone: what is stored already may break them.</summary>
    internal Action<ErrorList, JsonObject>? New { get; init; }

    /// <summary>False when the rules of any object are those of a new one only: older objects may break them.</summary>
    internal bool CheckedOnUpdate { get; init; } = true;

    /// <summary>Rules of an update through a subresource of the same kind.</summary>
    internal Action<ErrorList, JsonObject, JsonObject>? Status { get; init; }

    /// <summary>Rules of single subresources, where they are others than <see cref="Status"/>.</summary>
    internal IReadOnlyDictionary<string, Action<ErrorList, JsonObject, JsonObject>> Subresources { get; init; } =
        FrozenDictionary<string, Action<ErrorList, JsonObject, JsonObject>>.Empty;
}

/// <summary>Rules by kind.</summary>
internal static class KindRules
{
    private static Action<ErrorList, JsonObject, JsonObject> ReplicaStatus { get; } = WorkloadRules.StatusOf(
        ["replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"], ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"]);

    private static readonly FrozenDictionary<Type, RuleSet> ByType = new Dictionary<Type, RuleSet>
    {
        [typeof(Pod)] = new(PodRules.CheckPod, PodUpdateRules.Check)
        {
            New = PodRules.CheckNewPod,
            Status = PodStatusRules.Check,
            Subresources = new Dictionary<string, Action<ErrorList, JsonObject, JsonObject>>
            {
                ["ephemeralcontainers"] = PodSubresourceRules.CheckEphemeralContainers,
                ["resize"] = PodSubresourceRules.CheckResize,
            },
        },
        [typeof(Service)] = new(ServiceRules.Check, ServiceRules.CheckUpdate) { Name = NameRules.Dns1035Label, Status = ServiceRules.CheckStatus },
        [typeof(Namespace)] = new(NodeRules.CheckNamespace) { Name = NameRules.DnsLabel },
        [typeof(ConfigMap)] = new(ConfigRules.CheckConfigMap, ConfigRules.CheckConfigMapUpdate),
        [typeof(Secret)] = new(ConfigRules.CheckSecret, ConfigRules.CheckSecretUpdate),
        [typeof(Node)] = new(NodeRules.Check, NodeRules.CheckUpdate) { Status = NodeRules.CheckResources },
        [typeof(PodTemplate)] = new(static (errors, template) => PodRules.CheckTemplate(errors, template.Map("template"), "template")),
        [typeof(RuntimeClass)] = new(NodeRules.CheckRuntimeClass),
        [typeof(ResourceQuota)] = new(QuotaRules.CheckQuota, QuotaRules.CheckQuotaUpdate) { Status = QuotaRules.CheckQuotaStatus },
        [typeof(LimitRange)] = new(QuotaRules.CheckLimitRange),
        [typeof(Endpoints)] = new(EndpointRules.CheckEndpoints),
        [typeof(EndpointSlice)] = new(EndpointRules.CheckSlice, EndpointRules.CheckSliceUpdate),
        [typeof(StorageClass)] = new(StorageClassRules.CheckClass, StorageClassRules.CheckClassUpdate),
        [typeof(VolumeAttachment)] = new(StorageClassRules.CheckAttachment, StorageClassRules.CheckAttachmentUpdate),
        [typeof(CSINode)] = new(StorageClassRules.CheckNode, StorageClassRules.CheckNodeUpdate),
        [typeof(CSIDriver)] = new(StorageClassRules.CheckDriver, StorageClassRules.CheckDriverUpdate),
        [typeof(CSIStorageCapacity)] = new(StorageClassRules.CheckCapacity, StorageClassRules.CheckCapacityUpdate),
        [typeof(Core.V1.Event)] = new(EventRules.CheckCore) { Name = NameRules.PathSegment },
        [typeof(Events.V1.Event)] = new(EventRules.CheckEvent, EventRules.CheckUpdate) { Name = NameRules.PathSegment, New = EventRules.CheckNew },
        [typeof(Deployment)] = new(WorkloadRules.CheckDeployment)
        {
            Status = WorkloadRules.StatusOf(
                ["observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas", "collisionCount"],
                ["updatedReplicas", "readyReplicas", "availableReplicas"]),
        },
        [typeof(ReplicaSet)] = new(WorkloadRules.CheckReplicaSet, WorkloadRules.CheckSelectorUpdate) { Status = ReplicaStatus },
        [typeof(ReplicationController)] = new(WorkloadRules.CheckReplicationController) { Status = ReplicaStatus },
        [typeof(DaemonSet)] = new(WorkloadRules.CheckDaemonSet)
        {
            Status = WorkloadRules.StatusOf(
                [
                    "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady", "observedGeneration", "updatedNumberScheduled", "numberAvailable",
                    "numberUnavailable", "collisionCount",
                ],
                []),
        },
        [typeof(StatefulSet)] = new(WorkloadRules.CheckStatefulSet, WorkloadRules.CheckStatefulSetUpdate)
        {
            New = WorkloadRules.CheckStatefulSetName,
            Status = WorkloadRules.StatusOf(
                ["replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas", "observedGeneration", "collisionCount"],
                ["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"],
                "cannot be greater than status.readyReplicas"),
        },
        [typeof(ControllerRevision)] = new(WorkloadRules.CheckRevision),
        [typeof(Job)] = new(JobRules.CheckJob, JobRules.CheckUpdate) { New = JobRules.CheckNewJob, Status = JobStatusRules.Check },
        [typeof(Role)] = new((e, o) => RbacRules.CheckRules(e, o, true)) { Name = NameRules.PathSegment },
        [typeof(ClusterRole)] = new(RbacRules.CheckClusterRole) { Name = NameRules.PathSegment },
        [typeof(RoleBinding)] = new((e, o) => RbacRules.CheckBinding(e, o, true), RbacRules.CheckBindingUpdate) { Name = NameRules.PathSegment },
        [typeof(ClusterRoleBinding)] = new((e, o) => RbacRules.CheckBinding(e, o, false), RbacRules.CheckBindingUpdate) { Name = NameRules.PathSegment },
        [typeof(CertificateSigningRequest)] = new(CertificateRules.Check, CertificateRules.CheckUpdate)
        {
            Name = NameRules.PathSegment,
            Status = CertificateRules.CheckStatus,
            Subresources = new Dictionary<string, Action<ErrorList, JsonObject, JsonObject>> { ["approval"] = CertificateRules.CheckApproval },
        },
        [typeof(PriorityClass)] = new(SchedulingRules.CheckPriorityClass, SchedulingRules.CheckPriorityClassUpdate) { CheckedOnUpdate = false },
        [typeof(Lease)] = new(NodeRules.CheckLease),
        [typeof(MutatingWebhookConfiguration)] = new(AdmissionRules.CheckMutating, AdmissionRules.CheckMutatingUpdate) { CheckedOnUpdate = false },
        [typeof(ValidatingWebhookConfiguration)] = new(AdmissionRules.CheckValidating, AdmissionRules.CheckValidatingUpdate) { CheckedOnUpdate = false },
        [typeof(FlowSchema)] = new(FlowControlRules.CheckSchema) { Status = FlowControlRules.CheckConditions },
        [typeof(PriorityLevelConfiguration)] = new(FlowControlRules.CheckLevel) { Status = FlowControlRules.CheckConditions },
        [typeof(CustomResourceDefinition)] = new(DefinitionRules.Check, DefinitionRules.CheckUpdate) { Status = DefinitionRules.CheckStatus },
        [typeof(APIService)] = new(ApiServiceRules.Check) { Name = NameRules.PathSegment, Status = ApiServiceRules.CheckStatus },
        [typeof(PodDisruptionBudget)] = new(ScalingRules.CheckBudget) { Status = ScalingRules.CheckBudgetStatus },
        [typeof(HorizontalPodAutoscaler)] = new(ScalingRules.CheckAutoscaler) { Status = ScalingRules.CheckAutoscalerStatus },
        [typeof(CronJob)] = new(CronJobRules.Check, CronJobRules.CheckUpdate) { New = CronJobRules.CheckNew },
        [typeof(NetworkPolicy)] = new(NetworkingRules.CheckPolicy),
        [typeof(Ingress)] = new(NetworkingRules.CheckIngress) { New = NetworkingRules.CheckNewIngress, Status = IngressClassRules.CheckStatus },
        [typeof(IngressClass)] = new(IngressClassRules.CheckClass, IngressClassRules.CheckClassUpdate),
        [typeof(PersistentVolumeClaim)] = new(StorageRules.CheckClaim, StorageRules.CheckClaimUpdate),
        [typeof(PersistentVolume)] = new(StorageRules.CheckVolume, StorageRules.CheckVolumeUpdate),
        [typeof(ValidatingAdmissionPolicy)] = new(AdmissionPolicyRules.CheckPolicy),
        [typeof(ValidatingAdmissionPolicyBinding)] = new(AdmissionPolicyRules.CheckBinding),
    }.ToFrozenDictionary();

    internal static RuleSet? Find(KindInfo kind) => ByType.GetValueOrDefault(kind.ClrType);

    internal static Func<string, IReadOnlyList<string>> NameRuleOf(KindInfo kind)
    {
        if (Find(kind) is { } rules)
        {
            return rules.Name;
        }

        var attribute = kind.ClrType.GetCustomAttributes(typeof(NameFormatAttribute), false).OfType<NameFormatAttribute>().FirstOrDefault();
        return attribute is null ? NameRules.DnsSubdomain : value => NameRules.Check(attribute.Format, value);
    }
}
