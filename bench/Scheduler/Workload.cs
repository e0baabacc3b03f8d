using Kube.Api.Core.V1;
using Kube.Api.Meta.V1;
using Kube.Api.Values;

namespace Kube.SchedulerBench;

/// <summary>A workload of kube-scheduler's benchmark (scheduler_perf): what the cluster is, and what is scheduled.</summary>
/// <param name="Name">scheduler_perf's name.</param>
/// <param name="Nodes">Nodes of the cluster.</param>
/// <param name="Initial">Pods there before the clock starts.</param>
/// <param name="Measured">Pods that are timed.</param>
/// <param name="Floor">Pods a second that kube-scheduler must not fall below there.</param>
internal sealed record Workload(string Name, int Nodes, int Initial, int Measured, int Floor)
{
    private const string ZoneKey = "topology.kubernetes.io/zone";
    private static readonly Quantity Milli100 = Quantity.Parse("100m");
    private static readonly Quantity Megabytes500 = Quantity.Parse("500Mi");

    public static IReadOnlyList<Workload> All { get; } =
    [
        new("SchedulingBasic", 5000, 1000, 10000, 680),
        new("SchedulingDaemonset", 15000, 0, 30000, 1100)
        {
            // All pods are for one large node, as in scheduler_perf; the other 15,000 must not be looked at.
            ExtraNodes = [MakeNode("scheduler-perf-node", null, cpu: "90000", pods: "90000")],
            MeasuredPod = spec => spec.Affinity = OnNode("scheduler-perf-node"),
        },
        new("PreemptionAsync", 5000, 20000, 5000, 570)
        {
            InitialPod = spec => Cpu(spec, "900m"),
            MeasuredPod = spec =>
            {
                Cpu(spec, "3000m");
                spec.Priority = 10;
            },
            ClockSpeed = 1000,
        },
        new("Unschedulable", 5000, 100, 10000, 590) { InitialPod = spec => Cpu(spec, "9") },
        new("MixedChurn", 5000, 0, 10000, 710) { ChurnEvery = 500 },
        new("PodAntiAffinity", 5000, 1000, 2000, 180)
        {
            Color = "green",
            InitialPod = AntiAffinity,
            MeasuredPod = AntiAffinity,
        },
        new("PodAffinity", 5000, 5000, 5000, 70)
        {
            Zones = ["zone1"], Color = "blue", InitialPod = Affine, MeasuredPod = Affine,
        },
        new("PreferredPodAffinity", 5000, 5000, 5000, 160)
        {
            Color = "yellow", InitialPod = PreferredAffine, MeasuredPod = PreferredAffine,
        },
        new("NodeAffinity", 5000, 5000, 10000, 540) { Zones = ["zone1"], InitialPod = InZones, MeasuredPod = InZones },
        new("TopologySpreading", 5000, 5000, 5000, 460)
        {
            Zones = ["moon-1", "moon-2", "moon-3"], Color = "blue", MeasuredPod = spec => Spread(spec, "DoNotSchedule"),
        },
        new("PreferredTopologySpreading", 5000, 5000, 5000, 340)
        {
            Zones = ["moon-1", "moon-2", "moon-3"], Color = "blue", MeasuredPod = spec => Spread(spec, "ScheduleAnyway"),
        },
        new("DefaultTopologySpreading", 5000, 5000, 50000, 160)
        {
            Zones = ["moon-1", "moon-2", "moon-3"], Color = "blue", HasService = true,
        },
    ];

    public IReadOnlyList<string> Zones { get; init; } = [];

    public IReadOnlyList<Node> ExtraNodes { get; init; } = [];

    /// <summary>Value of the pods' label color; none when null.</summary>
    public string? Color { get; init; }

    public Action<PodSpec> InitialPod { get; init; } = _ => { };

    public Action<PodSpec> MeasuredPod { get; init; } = _ => { };

    /// <summary>A service selects the pods by their color.</summary>
    public bool HasService { get; init; }

    /// <summary>After so many pods a node, a large pod of high priority and a service are made anew; 0 for never.</summary>
    public int ChurnEvery { get; init; }

    /// <summary>How fast the scheduler's clock runs: pauses that Kubernetes makes between attempts are no work.</summary>
    public int ClockSpeed { get; init; } = 1;

    public static Node MakeNode(string name, string? zone, string cpu = "4", string pods = "110")
    {
        var node = new Node
        {
            Metadata = new ObjectMeta { Name = name, Labels = new() { ["kubernetes.io/hostname"] = name } },
            Spec = new NodeSpec(),
            Status = new NodeStatus
            {
                Allocatable = new() { ["cpu"] = Quantity.Parse(cpu), ["memory"] = Quantity.Parse(cpu == "4" ? "32Gi" : "90000Gi"), ["pods"] = Quantity.Parse(pods) },
            },
        };
        if (zone is not null)
        {
            node.Metadata.Labels[ZoneKey] = zone;
        }

        return node;
    }

    public Pod MakePod(string name, string ns, Action<PodSpec> with)
    {
        var spec = new PodSpec
        {
            SchedulerName = "default-scheduler",
            Containers =
            [
                new Container
                {
                    Name = "pause",
                    Image = "registry.k8s.io/pause:3.10",
                    Resources = new ResourceRequirements { Requests = new() { ["cpu"] = Milli100, ["memory"] = Megabytes500 } },
                },
            ],
        };
        with(spec);
        return new Pod
        {
            Metadata = new ObjectMeta { Name = name, Namespace = ns, Uid = $"{ns}/{name}", Labels = Color is null ? null : new() { ["color"] = Color } },
            Spec = spec,
        };
    }

    private static void Cpu(PodSpec spec, string amount) => spec.Containers![0].Resources!.Requests!["cpu"] = Quantity.Parse(amount);

    private static Affinity OnNode(string name) => new()
    {
        NodeAffinity = new NodeAffinity
        {
            RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector
            {
                NodeSelectorTerms = [new NodeSelectorTerm { MatchFields = [new NodeSelectorRequirement { Key = "metadata.name", Operator = "In", Values = [name] }] }],
            },
        },
    };

    private static void InZones(PodSpec spec) => spec.Affinity = new Affinity
    {
        NodeAffinity = new NodeAffinity
        {
            RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector
            {
                NodeSelectorTerms =
                [
                    new NodeSelectorTerm { MatchExpressions = [new NodeSelectorRequirement { Key = ZoneKey, Operator = "In", Values = ["zone1", "zone2"] }] },
                ],
            },
        },
    };

    private static void AntiAffinity(PodSpec spec) => spec.Affinity = new Affinity
    {
        PodAntiAffinity = new PodAntiAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [Term("kubernetes.io/hostname", "green")] },
    };

    private static void Affine(PodSpec spec) => spec.Affinity = new Affinity
    {
        PodAffinity = new PodAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [Term(ZoneKey, "blue")] },
    };

    private static void PreferredAffine(PodSpec spec) => spec.Affinity = new Affinity
    {
        PodAffinity = new PodAffinity
        {
            PreferredDuringSchedulingIgnoredDuringExecution =
            [
                new WeightedPodAffinityTerm { Weight = 1, PodAffinityTerm = Term("kubernetes.io/hostname", "yellow") },
            ],
        },
    };

    private static void Spread(PodSpec spec, string when) => spec.TopologySpreadConstraints =
    [
        new TopologySpreadConstraint { MaxSkew = 5, TopologyKey = ZoneKey, WhenUnsatisfiable = when, LabelSelector = Select("blue") },
    ];

    private static PodAffinityTerm Term(string key, string color) =>
        new() { TopologyKey = key, LabelSelector = Select(color), Namespaces = ["sched-1", "sched-0"] };

    private static LabelSelector Select(string color) => new() { MatchLabels = new() { ["color"] = color } };
}
