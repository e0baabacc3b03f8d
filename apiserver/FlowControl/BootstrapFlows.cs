using Kube.Api.FlowControl;
using Kube.Api.FlowControl.V1;
using Kube.Api.Meta.V1;
using Kube.ApiServer.Auth;

namespace Kube.ApiServer.FlowControl;

/// <summary>
/// The flow schemas and priority levels that every cluster has, as Kubernetes 1.32 has them. The mandatory ones hold even
/// without their objects; the suggested ones are the operator's to change.
/// </summary>
public static class BootstrapFlows
{
    /// <summary>Annotation of an object whose spec the API server keeps up ("true") or leaves alone ("false").</summary>
    public const string AutoUpdate = "apf.kubernetes.io/autoupdate-spec";

    /// <summary>Name of the level without bounds, and of its schema.</summary>
    public const string Exempt = MandatoryFlows.Exempt;

    /// <summary>Name of the level for what nothing else fits, and of its schema.</summary>
    public const string CatchAll = MandatoryFlows.CatchAll;

    private static readonly ResourcePolicyRule AllResources = Resources("*", "*", "*", clusterScope: true);
    private static readonly NonResourcePolicyRule AllPaths = new() { Verbs = ["*"], NonResourceURLs = ["*"] };

    public static IReadOnlyList<PriorityLevelConfiguration> MandatoryLevels { get; } = [.. MandatoryFlows.Levels.Select(static level => Level(level.Metadata.Name!, level.Spec!))];

    public static IReadOnlyList<PriorityLevelConfiguration> SuggestedLevels { get; } =
    [
        Queued("system", 30, 33, 64, 6),
        Queued("node-high", 40, 25, 64, 6),
        Queued("leader-election", 10, 0, 16, 4),
        Queued("workload-high", 40, 50, 128, 6),
        Queued("workload-low", 100, 90, 128, 6),
        Queued("global-default", 20, 50, 128, 6),
    ];

    public static IReadOnlyList<FlowSchema> MandatorySchemas { get; } =
        [.. MandatoryFlows.Schemas.Select(static schema => new FlowSchema { Metadata = Meta(schema.Metadata.Name!), Spec = schema.Spec })];

    public static IReadOnlyList<FlowSchema> SuggestedSchemas { get; } =
    [
        Schema("system-nodes", "system", 500, "ByUser", Everything(Groups("system:nodes"))),
        Schema("system-node-high", "node-high", 400, "ByUser", new PolicyRulesWithSubjects
        {
            Subjects = Groups("system:nodes"),
            ResourceRules = [Resources("*", "", "nodes nodes/status", clusterScope: true), Resources("*", "coordination.k8s.io", "leases")],
        }),
        Schema("probes", Exempt, 2, null, new PolicyRulesWithSubjects
        {
            Subjects = Groups(UserInfo.UnauthenticatedGroup, UserInfo.AuthenticatedGroup),
            NonResourceRules = [new() { Verbs = ["get"], NonResourceURLs = ["/healthz", "/readyz", "/livez"] }],
        }),
        Schema("system-leader-election", "leader-election", 100, "ByUser", new PolicyRulesWithSubjects
        {
            Subjects = [.. Users("system:kube-controller-manager", "system:kube-scheduler"), Account("kube-system", "*")],
            ResourceRules = [Resources("get create update", "coordination.k8s.io", "leases")],
        }),
        Schema("endpoint-controller", "workload-high", 150, "ByUser", new PolicyRulesWithSubjects
        {
            Subjects =
            [
                .. Users("system:kube-controller-manager"), Account("kube-system", "endpoint-controller"),
                Account("kube-system", "endpointslicemirroring-controller"),
            ],
            ResourceRules = [Resources("get create update", "", "endpoints")],
        }),
        Schema("workload-leader-election", "leader-election", 200, "ByUser", new PolicyRulesWithSubjects
        {
            Subjects = [Account("kube-system", "*")],
            ResourceRules = [Resources("get create update", "coordination.k8s.io", "leases")],
        }),
        Schema("kube-controller-manager", "workload-high", 800, "ByNamespace", Everything(Users("system:kube-controller-manager"))),
        Schema("kube-scheduler", "workload-high", 800, "ByNamespace", Everything(Users("system:kube-scheduler"))),
        Schema("kube-system-service-accounts", "workload-high", 900, "ByNamespace", Everything([Account("kube-system", "*")])),
        Schema("service-accounts", "workload-low", 9000, "ByUser", Everything(Groups("system:serviceaccounts"))),
        Schema("global-default", "global-default", 9900, "ByUser", Everything(Groups(UserInfo.UnauthenticatedGroup, UserInfo.AuthenticatedGroup))),
    ];

    private static PriorityLevelConfiguration Level(string name, PriorityLevelConfigurationSpec spec) => new() { Metadata = Meta(name), Spec = spec };

    private static PriorityLevelConfiguration Queued(string name, int shares, int lendablePercent, int queues, int handSize) => Level(name, new()
    {
        Type = "Limited",
        Limited = new()
        {
            NominalConcurrencyShares = shares,
            LendablePercent = lendablePercent,
            LimitResponse = new() { Type = "Queue", Queuing = new() { Queues = queues, HandSize = handSize, QueueLengthLimit = 50 } },
        },
    });

    private static FlowSchema Schema(string name, string level, int precedence, string? distinguisher, PolicyRulesWithSubjects rule) => new()
    {
        Metadata = Meta(name),
        Spec = new()
        {
            PriorityLevelConfiguration = new() { Name = level },
            MatchingPrecedence = precedence,
            DistinguisherMethod = distinguisher is null ? null : new() { Type = distinguisher },
            Rules = [rule],
        },
    };

    private static ObjectMeta Meta(string name) => new() { Name = name, Annotations = new() { [AutoUpdate] = "true" } };

    private static PolicyRulesWithSubjects Everything(List<Subject> subjects) =>
        new() { Subjects = subjects, ResourceRules = [AllResources], NonResourceRules = [AllPaths] };

    private static List<Subject> Groups(params string[] names) => [.. names.Select(name => new Subject { Kind = "Group", Group = new() { Name = name } })];

    private static List<Subject> Users(params string[] names) => [.. names.Select(name => new Subject { Kind = "User", User = new() { Name = name } })];

    private static Subject Account(string ns, string name) => new() { Kind = "ServiceAccount", ServiceAccount = new() { Namespace = ns, Name = name } };

    private static ResourcePolicyRule Resources(string verbs, string group, string resources, bool clusterScope = false) => new()
    {
        Verbs = [.. verbs.Split(' ')],
        ApiGroups = [group],
        Resources = [.. resources.Split(' ')],
        Namespaces = ["*"],
        ClusterScope = clusterScope,
    };
}
