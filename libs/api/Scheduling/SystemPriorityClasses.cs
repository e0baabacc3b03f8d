namespace Kube.Api.Scheduling;

/// <summary>The priority classes that every cluster has: pods that it cannot do without come before all others.</summary>
public static class SystemPriorityClasses
{
    /// <summary>Begins the names that users may not take.</summary>
    public const string Prefix = "system-";

    /// <summary>The highest value of a class that a user makes.</summary>
    public const int HighestUserDefinable = 1_000_000_000;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SystemPriorityClass> All { get; } =
    [
        new("system-node-critical", 2_000_001_000, "Used for system critical pods that must not be moved from their current node."),
        new("system-cluster-critical", 2_000_000_000, "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."),
    ];

    /// <summary>The class of a name; null for none.</summary>
    public static SystemPriorityClass? Find(string name) => All.FirstOrDefault(known => known.Name == name);
}

/// <summary>One of <see cref="SystemPriorityClasses"/>.</summary>
/// <param name="Name">Name of the object.</param>
/// <param name="Value">The priority of its pods.</param>
/// <param name="Description">What it is for.</param>
public sealed record SystemPriorityClass(string Name, int Value, string Description);
