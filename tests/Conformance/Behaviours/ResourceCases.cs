namespace Kube.Conformance.Tests.Behaviours;

/// <summary>The resources that behave as any other, with the lines of docs/conformance.md that this shows.</summary>
internal static class ResourceCases
{
    private const string Condition =
        """{"status":{"conditions":[{"type":"StatusUpdate","status":"True","reason":"Tested","message":"set by a test","lastTransitionTime":"2024-01-01T00:00:00Z"}]}}""";

    private const string Containers = "\"containers\":[{\"name\":\"c\",\"image\":\"registry.k8s.io/pause:3.9\"}]";

    private const string Workload =
        "\"selector\":{\"matchLabels\":{\"app\":\"NAME\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":\"NAME\"}},\"spec\":{" + Containers + "}}";

    private const string JobSpec = "\"template\":{\"spec\":{\"restartPolicy\":\"Never\"," + Containers + "}}";

    private const string Webhooks =
        "\"webhooks\":[{\"name\":\"w.example.com\",\"sideEffects\":\"None\",\"admissionReviewVersions\":[\"v1\"],\"failurePolicy\":\"Ignore\",\"clientConfig\":{\"service\":{\"namespace\":\"none\",\"name\":\"none\"}},\"rules\":[{\"apiGroups\":[\"none.example.com\"],\"apiVersions\":[\"v1\"],\"operations\":[\"CREATE\"],\"resources\":[\"none\"]}]}]";

    public static IReadOnlyList<ResourceCase> All { get; } =
    [
        .. Core(), .. Workloads(), .. Cluster(), .. Storage(), .. Network(), .. Admission(),
    ];

    public static ResourceCase Find(string id) => All.Single(c => c.Id == id);

    private static IEnumerable<ResourceCase> Core() =>
    [
        new("api/v1", "configmaps", "ConfigMap", "\"data\":{\"k\":\"v\"}")
        {
            Change = """{"data":{"k":"w"}}""",
            Verbs = [("configmap-api", "ConfigMap lifecycle")],
        },
        new("api/v1", "secrets", "Secret", "\"data\":{\"k\":\"dg==\"}")
        {
            Change = """{"data":{"k":"dw=="}}""",
            Verbs = [("secret-api", "Patching")],
        },
        new("api/v1", "serviceaccounts", "ServiceAccount", "")
        {
            Change = """{"automountServiceAccountToken":true}""",
            Verbs = [("serviceaccount", "ServiceAccount lifecycle"), ("serviceaccount", "ServiceAccount update")],
        },
        new("api/v1", "endpoints", "Endpoints", "\"subsets\":[{\"addresses\":[{\"ip\":\"10.0.0.24\"}],\"ports\":[{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\"}]}]")
        {
            Change = """{"subsets":[{"addresses":[{"ip":"10.0.0.25"}],"ports":[{"name":"http-test","port":8080,"protocol":"TCP"}]}]}""",
            Verbs = [("service", "Endpoint lifecycle")],
        },
        new("api/v1", "podtemplates", "PodTemplate", "\"template\":{\"metadata\":{\"labels\":{\"app\":\"NAME\"}},\"spec\":{" + Containers + "}}")
        {
            Change = """{"metadata":{"annotations":{"changed":"yes"}}}""",
            Verbs = [("podtemplate", "Lifecycle"), ("podtemplate", "Replace")],
            Collection = [("podtemplate", "Delete collection")],
        },
        new("api/v1", "services", "Service", "\"spec\":{\"type\":\"LoadBalancer\",\"allocateLoadBalancerNodePorts\":false,\"ports\":[{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\"}]}")
        {
            Status = """{"status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.1","ipMode":"VIP"}]}}}""",
            StatusApart = [("service", "Status lifecycle")],
            Collection = [("service", "Delete collection")],
        },
        new("api/v1", "pods", "Pod", "\"spec\":{" + Containers + "}")
        {
            Change = """{"metadata":{"labels":{"time":"value"}}}""",
            Status = """{"status":{"message":"patched by a test","reason":"Tested"}}""",
            Verbs = [("pod-lifecycle", "Update")],
            StatusApart = [("pod-lifecycle", "Patch status")],
            Collection = [("pod-lifecycle", "Delete collection")],
        },
        new("api/v1", "nodes", "Node", "")
        {
            Namespaced = false,
            Change = """{"spec":{"taints":[{"key":"k","value":"v","effect":"NoSchedule"}]}}""",
            Status = """{"status":{"phase":"Running"}}""",
            Verbs = [("node-api", "Node lifecycle")],
        },
        new("api/v1", "replicationcontrollers", "ReplicationController", "\"spec\":{\"replicas\":1,\"selector\":{\"app\":\"NAME\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"NAME\"}},\"spec\":{" + Containers + "}}}")
        {
            Change = """{"spec":{"replicas":2}}""",
            Status = """{"status":{"replicas":0,"conditions":[{"type":"ReplicaFailure","status":"True"}]}}""",
        },
        new("api/v1", "resourcequotas", "ResourceQuota", "\"spec\":{\"hard\":{\"services\":\"1\",\"cpu\":\"1\",\"memory\":\"500Mi\"}}")
        {
            Change = """{"spec":{"hard":{"cpu":"2","memory":"1Gi"}}}""",
            Status = """{"status":{"hard":{"cpu":"1"},"used":{"cpu":"0"}}}""",
            Verbs = [("quota", "Quota update and delete")],
            Collection = [("quota", "Quota lifecycle")],
        },
        new("api/v1", "limitranges", "LimitRange", "\"spec\":{\"limits\":[{\"type\":\"Container\",\"min\":{\"cpu\":\"50m\"},\"max\":{\"cpu\":\"500m\"}}]}")
        {
            Change = """{"spec":{"limits":[{"type":"Container","min":{"cpu":"30m"},"max":{"cpu":"500m"},"default":{"cpu":"300m"},"defaultRequest":{"cpu":"100m"}}]}}""",
            Verbs = [("limitrange", "List, patch, delete collection")],
            Collection = [("limitrange", "List, patch, delete collection")],
        },
        new("api/v1", "events", "Event", "\"involvedObject\":{\"kind\":\"Pod\",\"namespace\":\"SPACE\",\"name\":\"p\"},\"reason\":\"Test\",\"message\":\"as it began\",\"type\":\"Normal\"")
        {
            Change = """{"message":"as it went on"}""",
            Verbs = [("events", "Core event lifecycle")],
            Collection = [("events", "Core event collection")],
        },
        new("apis/events.k8s.io/v1", "events", "Event",
            "\"regarding\":{\"kind\":\"Pod\",\"namespace\":\"SPACE\",\"name\":\"p\"},\"reason\":\"Test\",\"note\":\"as it began\",\"type\":\"Normal\",\"action\":\"Do\",\"reportingController\":\"test-controller\",\"reportingInstance\":\"test-1\",\"eventTime\":\"2024-01-01T00:00:00.000000Z\"")
        {
            Collection = [("events", "events.k8s.io collection")],
        },
    ];

    private static IEnumerable<ResourceCase> Workloads() =>
    [
        new("apis/apps/v1", "deployments", "Deployment", "\"spec\":{\"replicas\":1," + Workload + "}")
        {
            Change = """{"spec":{"replicas":2}}""",
            Status = Condition,
            StatusApart = [("deployment", "Status sub-resource")],
        },
        new("apis/apps/v1", "daemonsets", "DaemonSet", "\"spec\":{" + Workload + "}")
        {
            Status = Condition,
            StatusApart = [("daemonset", "Status sub-resource")],
            Collection = [("daemonset", "List and delete collection")],
        },
        new("apis/apps/v1", "replicasets", "ReplicaSet", "\"spec\":{\"replicas\":1," + Workload + "}")
        {
            Change = """{"spec":{"replicas":3}}""",
            Status = Condition,
            StatusApart = [("replicaset", "Status sub-resource")],
            Collection = [("replicaset", "List and delete collection")],
        },
        new("apis/apps/v1", "statefulsets", "StatefulSet", "\"spec\":{\"serviceName\":\"s\",\"replicas\":1," + Workload + "}")
        {
            Change = """{"spec":{"replicas":2,"template":{"spec":{"terminationGracePeriodSeconds":0}}}}""",
            Status = Condition,
            Verbs = [("statefulset", "List, patch, delete collection")],
            StatusApart = [("statefulset", "Status sub-resource")],
            Collection = [("statefulset", "List, patch, delete collection")],
        },
        new("apis/apps/v1", "controllerrevisions", "ControllerRevision", "\"revision\":1,\"data\":{\"a\":{\"b\":1}}")
        {
            Change = """{"revision":2}""",
        },
        new("apis/batch/v1", "jobs", "Job", "\"spec\":{\"suspend\":true,\"parallelism\":1,\"completions\":1,\"backoffLimit\":6," + JobSpec + "}")
        {
            Change = """{"spec":{"suspend":false}}""",
            Status = """{"status":{"conditions":[{"type":"TestFailure","status":"True","reason":"Tested"}],"startTime":"2024-01-01T00:00:00Z"}}""",
            Verbs = [("job", "Job lifecycle")],
            StatusApart = [("job", "Job status")],
            Collection = [("job", "Job lifecycle")],
        },
        new("apis/batch/v1", "cronjobs", "CronJob", "\"spec\":{\"schedule\":\"*/1 * * * *\",\"concurrencyPolicy\":\"Allow\",\"jobTemplate\":{\"spec\":{" + JobSpec + "}}}")
        {
            Change = """{"spec":{"suspend":true}}""",
            Status = """{"status":{"lastScheduleTime":"2024-01-01T00:00:00Z"}}""",
            Verbs = [("cronjob", "CronJob API")],
            StatusApart = [("cronjob", "CronJob API")],
            Collection = [("cronjob", "CronJob API")],
        },
        new("apis/policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", "\"spec\":{\"minAvailable\":1,\"selector\":{\"matchLabels\":{\"app\":\"NAME\"}}}")
        {
            Change = """{"spec":{"minAvailable":2}}""",
            Status = """{"status":{"observedGeneration":1,"currentHealthy":1,"desiredHealthy":1,"expectedPods":1,"disruptionsAllowed":0}}""",
            Verbs = [("pdb", "PDB create, update, patch, delete")],
            StatusApart = [("pdb", "PDB status writes")],
            Collection = [("pdb", "List and delete collection")],
        },
        new("apis/autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "\"spec\":{\"maxReplicas\":3,\"scaleTargetRef\":{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"name\":\"d\"}}")
        {
            Change = """{"spec":{"maxReplicas":4}}""",
            Status = """{"status":{"currentReplicas":1,"desiredReplicas":2}}""",
        },
        new("apis/coordination.k8s.io/v1", "leases", "Lease", "\"spec\":{\"holderIdentity\":\"h\",\"leaseDurationSeconds\":30,\"acquireTime\":\"2024-01-01T00:00:00.000000Z\",\"renewTime\":\"2024-01-01T00:00:05.000000Z\",\"leaseTransitions\":0}")
        {
            Change = """{"spec":{"holderIdentity":"i","leaseDurationSeconds":60,"leaseTransitions":1}}""",
            Verbs = [("lease", "Lease API")],
            Collection = [("lease", "Lease API")],
        },
    ];

    private static IEnumerable<ResourceCase> Cluster() =>
    [
        new("apis/flowcontrol.apiserver.k8s.io/v1", "flowschemas", "FlowSchema",
            "\"spec\":{\"matchingPrecedence\":10000,\"priorityLevelConfiguration\":{\"name\":\"nobody\"},\"distinguisherMethod\":{\"type\":\"ByUser\"},\"rules\":[{\"subjects\":[{\"kind\":\"User\",\"user\":{\"name\":\"example-e2e-non-existent-user\"}}],\"nonResourceRules\":[{\"verbs\":[\"*\"],\"nonResourceURLs\":[\"*\"]}]}]}")
        {
            Namespaced = false,
            Change = """{"spec":{"matchingPrecedence":9999}}""",
            Status = """{"status":{"conditions":[{"type":"PatchStatusFailed","status":"True","reason":"Tested","lastTransitionTime":"2024-01-01T00:00:00Z"}]}}""",
            Verbs = [("flow-control", "FlowSchema API")],
            StatusApart = [("flow-control", "FlowSchema API")],
            Collection = [("flow-control", "FlowSchema API")],
        },
        new("apis/flowcontrol.apiserver.k8s.io/v1", "prioritylevelconfigurations", "PriorityLevelConfiguration",
            "\"spec\":{\"type\":\"Limited\",\"limited\":{\"nominalConcurrencyShares\":2,\"limitResponse\":{\"type\":\"Reject\"}}}")
        {
            Namespaced = false,
            Change = """{"spec":{"limited":{"nominalConcurrencyShares":4}}}""",
            Status = """{"status":{"conditions":[{"type":"PatchStatusFailed","status":"True","reason":"Tested","lastTransitionTime":"2024-01-01T00:00:00Z"}]}}""",
            Verbs = [("flow-control", "PriorityLevelConfiguration API")],
            StatusApart = [("flow-control", "PriorityLevelConfiguration API")],
            Collection = [("flow-control", "PriorityLevelConfiguration API")],
        },
        new("apis/scheduling.k8s.io/v1", "priorityclasses", "PriorityClass", "\"value\":1000,\"description\":\"d\"")
        {
            Namespaced = false,
            Change = """{"description":"e"}""",
            Verbs = [("priorityclass", "PriorityClass endpoints")],
        },
        new("apis/node.k8s.io/v1", "runtimeclasses", "RuntimeClass", "\"handler\":\"h\",\"scheduling\":{\"nodeSelector\":{\"a\":\"b\"}}")
        {
            Namespaced = false,
            Verbs = [("runtimeclass", "RuntimeClass API")],
            Collection = [("runtimeclass", "RuntimeClass API")],
        },
        new("apis/rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", "\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\"]}]")
        {
            Namespaced = false,
            Change = """{"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}]}""",
        },
        new("apis/rbac.authorization.k8s.io/v1", "roles", "Role", "\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\"]}]")
        {
            Change = """{"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}]}""",
        },
    ];

    private static IEnumerable<ResourceCase> Storage() =>
    [
        new("apis/storage.k8s.io/v1", "csidrivers", "CSIDriver", "\"spec\":{\"attachRequired\":false,\"podInfoOnMount\":true,\"volumeLifecycleModes\":[\"Persistent\"]}")
        {
            Namespaced = false,
            Change = """{"spec":{"podInfoOnMount":false,"requiresRepublish":true}}""",
            Verbs = [("csi-api", "CSIDriver lifecycle")],
            Collection = [("csi-api", "CSIDriver lifecycle")],
        },
        new("apis/storage.k8s.io/v1", "csinodes", "CSINode", "\"spec\":{\"drivers\":[{\"name\":\"d\",\"nodeID\":\"n\",\"topologyKeys\":[\"t\"]}]}")
        {
            Namespaced = false,
            Verbs = [("csi-api", "CSINode lifecycle")],
            Collection = [("csi-api", "CSINode lifecycle")],
        },
        new("apis/storage.k8s.io/v1", "csistoragecapacities", "CSIStorageCapacity", "\"storageClassName\":\"s\",\"capacity\":\"10Gi\",\"nodeTopology\":{\"matchLabels\":{\"a\":\"b\"}}")
        {
            Change = """{"capacity":"20Gi"}""",
            Verbs = [("csi-api", "CSIStorageCapacity API")],
            Collection = [("csi-api", "CSIStorageCapacity API")],
        },
        new("apis/storage.k8s.io/v1", "storageclasses", "StorageClass", "\"provisioner\":\"p.example.com\"")
        {
            Namespaced = false,
            Change = """{"allowVolumeExpansion":true}""",
            Verbs = [("storageclass", "StorageClass lifecycle")],
            Collection = [("storageclass", "StorageClass lifecycle")],
        },
        new("apis/storage.k8s.io/v1", "volumeattachments", "VolumeAttachment", "\"spec\":{\"attacher\":\"a.example.com\",\"nodeName\":\"n\",\"source\":{\"persistentVolumeName\":\"pv\"}}")
        {
            Namespaced = false,
            Status = """{"status":{"attached":true,"attachmentMetadata":{"a":"b"}}}""",
            Verbs = [("volumeattachment", "Lifecycle")],
            StatusApart = [("volumeattachment", "Status")],
            Collection = [("volumeattachment", "Lifecycle")],
        },
        new("api/v1", "persistentvolumes", "PersistentVolume", "\"spec\":{\"capacity\":{\"storage\":\"1Gi\"},\"accessModes\":[\"ReadWriteOnce\"],\"persistentVolumeReclaimPolicy\":\"Retain\",\"storageClassName\":\"s\",\"csi\":{\"driver\":\"d.example.com\",\"volumeHandle\":\"v\"}}")
        {
            Namespaced = false,
            Change = """{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}""",
            Status = """{"status":{"phase":"Available","message":"set by a test","reason":"Tested"}}""",
            StatusApart = [("pv-pvc", "PV and PVC status")],
        },
        new("api/v1", "persistentvolumeclaims", "PersistentVolumeClaim", "\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],\"storageClassName\":\"s\",\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}")
        {
            Status = """{"status":{"phase":"Pending","conditions":[{"type":"Resizing","status":"True","reason":"Tested"}]}}""",
            StatusApart = [("pv-pvc", "PV and PVC status")],
        },
    ];

    private static IEnumerable<ResourceCase> Network() =>
    [
        new("apis/discovery.k8s.io/v1", "endpointslices", "EndpointSlice", "\"addressType\":\"IPv4\",\"endpoints\":[{\"addresses\":[\"10.1.2.3\"]}],\"ports\":[{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\"}]")
        {
            Change = """{"endpoints":[{"addresses":["10.1.2.4"],"conditions":{"ready":true}}]}""",
            Verbs = [("endpointslice", "EndpointSlice API")],
            Collection = [("endpointslice", "EndpointSlice API")],
        },
        new("apis/networking.k8s.io/v1", "ingresses", "Ingress", "\"spec\":{\"defaultBackend\":{\"service\":{\"name\":\"s\",\"port\":{\"number\":80}}}}")
        {
            Change = """{"spec":{"ingressClassName":"c"}}""",
            Status = """{"status":{"loadBalancer":{"ingress":[{"ip":"169.1.1.1"}]}}}""",
            Verbs = [("ingress", "Ingress API")],
            StatusApart = [("ingress", "Ingress API")],
            Collection = [("ingress", "Ingress API")],
        },
        new("apis/networking.k8s.io/v1", "ingressclasses", "IngressClass", "\"spec\":{\"controller\":\"example.com/controller\"}")
        {
            Namespaced = false,
            Change = """{"spec":{"parameters":{"kind":"K","name":"n","scope":"Cluster"}}}""",
            Verbs = [("ingress", "IngressClass API")],
            Collection = [("ingress", "IngressClass API")],
        },
        new("apis/networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", "\"spec\":{\"podSelector\":{\"matchLabels\":{\"a\":\"b\"}}}")
        {
            Change = """{"spec":{"podSelector":{"matchLabels":{"a":"c"}}}}""",
        },
    ];

    private static IEnumerable<ResourceCase> Admission() =>
    [
        new("apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicies", "ValidatingAdmissionPolicy",
            "\"spec\":{\"failurePolicy\":\"Ignore\",\"matchConstraints\":{\"resourceRules\":[{\"apiGroups\":[\"apps\"],\"apiVersions\":[\"v1\"],\"operations\":[\"CREATE\"],\"resources\":[\"deployments\"]}]},\"validations\":[{\"expression\":\"object.spec.replicas <= 100\"}]}")
        {
            Namespaced = false,
            Change = """{"spec":{"failurePolicy":"Fail"}}""",
            Status = """{"status":{"conditions":[{"type":"PatchStatusFailed","status":"True","reason":"Tested","message":"m","lastTransitionTime":"2024-01-01T00:00:00Z"}]}}""",
            Verbs = [("vap", "ValidatingAdmissionPolicy API")],
            StatusApart = [("vap", "ValidatingAdmissionPolicy API")],
            Collection = [("vap", "ValidatingAdmissionPolicy API")],
        },
        new("apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding",
            "\"spec\":{\"policyName\":\"p\",\"validationActions\":[\"Deny\"],\"matchResources\":{\"namespaceSelector\":{\"matchLabels\":{\"none\":\"such\"}}}}")
        {
            Namespaced = false,
            Change = """{"spec":{"validationActions":["Warn"]}}""",
            Verbs = [("vap", "ValidatingAdmissionPolicyBinding API")],
            Collection = [("vap", "ValidatingAdmissionPolicyBinding API")],
        },
        new("apis/admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", Webhooks)
        {
            Namespaced = false,
            Change = """{"metadata":{"annotations":{"a":"b"}}}""",
        },
        new("apis/admissionregistration.k8s.io/v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", Webhooks)
        {
            Namespaced = false,
            Change = """{"metadata":{"annotations":{"a":"b"}}}""",
        },
        new("apis/certificates.k8s.io/v1", "certificatesigningrequests", "CertificateSigningRequest", "\"spec\":{\"request\":\"CSR\",\"signerName\":\"example.com/e2e\",\"usages\":[\"client auth\",\"digital signature\",\"key encipherment\"]}")
        {
            Namespaced = false,
            Status = """{"status":{"conditions":[{"type":"Failed","status":"True","reason":"Tested","message":"m"}]}}""",
            Verbs = [("csr", "CSR API")],
            Collection = [("csr", "CSR API")],
        },
    ];
}
