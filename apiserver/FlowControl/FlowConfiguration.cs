using Kube.Api.FlowControl.V1;

namespace Kube.ApiServer.FlowControl;

/// <summary>The flow schemas and priority levels of a moment, in the order in which schemas are tried. Immutable.</summary>
public sealed class FlowConfiguration
{
    private FlowConfiguration(IReadOnlyList<FlowSchema> schemas, IReadOnlyList<PriorityLevelConfiguration> levels)
    {
        Schemas = schemas;
        Levels = levels;
    }

    /// <summary>What holds while the objects are not known.</summary>
    public static FlowConfiguration Mandatory { get; } = Create([], []);

    /// <summary>Schemas whose level exists, lowest precedence first, then by name.</summary>
    public IReadOnlyList<FlowSchema> Schemas { get; }

    public IReadOnlyList<PriorityLevelConfiguration> Levels { get; }

    /// <summary>
    /// Makes a configuration of objects as they are stored: levels that contradict themselves and schemas without a level
    /// are left out, mandatory ones that are missing are added.
    /// </summary>
    public static FlowConfiguration Create(IEnumerable<FlowSchema> schemas, IEnumerable<PriorityLevelConfiguration> levels)
    {
        var usable = levels.Where(IsUsable).ToList();
        usable.AddRange(BootstrapFlows.MandatoryLevels.Where(level => usable.All(other => NameOf(other) != NameOf(level))));
        var names = usable.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        var sound = schemas.Where(schema => schema.Spec?.PriorityLevelConfiguration?.Name is { } level && names.Contains(level)).ToList();
        sound.AddRange(BootstrapFlows.MandatorySchemas.Where(schema => sound.All(other => other.Metadata.Name != schema.Metadata.Name)));
        return new FlowConfiguration(
            [.. sound.OrderBy(s => s.Spec!.MatchingPrecedence).ThenBy(s => s.Metadata.Name, StringComparer.Ordinal)], usable);
    }

    /// <summary>How requests of a level wait.</summary>
    internal static QueueSettings QueuesOf(PriorityLevelConfiguration level) => level.Spec switch
    {
        { Type: "Exempt" } => new QueueSettings(QueueSettings.Unlimited, 0, 0),
        { Limited.LimitResponse.Queuing: { } queuing } => new QueueSettings(queuing.Queues, queuing.HandSize, queuing.QueueLengthLimit),
        _ => default,
    };

    private static string NameOf(PriorityLevelConfiguration level) => level.Metadata.Name ?? "";

    /// <summary>True when the fields that belong to the type are set, and a hand of queues can be dealt.</summary>
    private static bool IsUsable(PriorityLevelConfiguration level) => level.Spec switch
    {
        { Type: "Exempt", Exempt: not null, Limited: null } => NameOf(level) == BootstrapFlows.Exempt,
        { Type: "Limited", Limited.LimitResponse: { } response, Exempt: null } => NameOf(level) != BootstrapFlows.Exempt && IsUsable(response),
        _ => false,
    };

    private static bool IsUsable(LimitResponse response) => response switch
    {
        { Type: "Reject", Queuing: null } => true,
        { Type: "Queue", Queuing: { Queues: > 0, QueueLengthLimit: > 0 } queuing } =>
            queuing.HandSize > 0 && queuing.HandSize <= Math.Min(queuing.Queues, ShuffleSharding.MaxHandSize),
        _ => false,
    };
}
