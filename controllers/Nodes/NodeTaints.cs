namespace Kube.Controllers.Nodes;

/// <summary>The taints that node conditions lead to. Pure.</summary>
internal static class NodeTaints
{
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";
    public const string Unschedulable = "node.kubernetes.io/unschedulable";
    public const string NoSchedule = "NoSchedule";
    public const string NoExecute = "NoExecute";

    private static readonly (string Condition, string Status, string Key)[] _byCondition =
    [
        ("Ready", "False", NotReady),
        ("Ready", "Unknown", Unreachable),
        ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
        ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
        ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
        ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
    ];

    public static NodeCondition? Condition(Node node, string type) => node.Status?.Conditions?.Find(condition => condition.Type == type);

    public static string ReadyStatus(Node node) => Condition(node, "Ready")?.Status ?? "Unknown";

    /// <summary>
    /// The taints that the node should have: its own, with those of this controller brought in line with conditions.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="mayEvict">Whether a NoExecute taint may be put on it now; one it has already stays while it is due.</param>
    /// <param name="now">When new taints are added.</param>
    public static List<Taint> Wanted(Node node, bool mayEvict, DateTimeOffset now)
    {
        var present = node.Spec?.Taints ?? [];
        var wanted = present.Where(static taint => !IsOurs(taint)).ToList();
        foreach (var (condition, status, key) in _byCondition)
        {
            if (Condition(node, condition)?.Status == status)
            {
                Keep(wanted, present, key, NoSchedule, isNew: true, now);
            }
        }

        if (node.Spec?.Unschedulable == true)
        {
            Keep(wanted, present, Unschedulable, NoSchedule, isNew: true, now);
        }

        var eviction = ReadyStatus(node) switch { "False" => NotReady, "Unknown" => Unreachable, _ => null };
        if (eviction is not null)
        {
            Keep(wanted, present, eviction, NoExecute, mayEvict || present.Exists(static taint => taint.Effect == NoExecute && IsOurs(taint)), now);
        }

        return wanted;
    }

    /// <summary>True when the node lacks a NoExecute taint that it is due.</summary>
    public static bool AwaitsEviction(Node node) =>
        ReadyStatus(node) != "True" && node.Spec?.Taints?.Exists(static taint => taint.Effect == NoExecute && IsOurs(taint)) != true;

    public static bool AreSame(IReadOnlyList<Taint> left, IReadOnlyList<Taint> right) =>
        left.Count == right.Count && left.All(taint => right.Any(other => other.Key == taint.Key && other.Effect == taint.Effect && other.Value == taint.Value));

    private static void Keep(List<Taint> wanted, List<Taint> present, string key, string effect, bool isNew, DateTimeOffset now)
    {
        var known = present.Find(taint => taint.Key == key && taint.Effect == effect);
        if (known is not null || isNew)
        {
            wanted.Add(known ?? new Taint { Key = key, Effect = effect, TimeAdded = new Time(now) });
        }
    }

    private static bool IsOurs(Taint taint) => taint.Effect switch
    {
        NoSchedule => taint.Key == Unschedulable || Array.Exists(_byCondition, entry => entry.Key == taint.Key),
        NoExecute => taint.Key is NotReady or Unreachable,
        _ => false,
    };
}
