namespace Kube.Client.Informers;

/// <summary>What an informer watches and how.</summary>
public sealed record SharedInformerOptions<T>
{
    /// <summary>Watch this namespace only; all when null.</summary>
    public string? Namespace { get; init; }

    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>Applied to each object before it is stored, to drop what nobody reads. May change its argument.</summary>
    public Func<T, T>? Transform { get; init; }

    /// <summary>Tell handlers of every object again each time this has passed; never when null.</summary>
    public TimeSpan? Resync { get; init; }

    /// <summary>Wait after the first failure; doubled by each that follows.</summary>
    public TimeSpan BackoffBase { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>The longest wait, to which up to as much again is added by chance.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Watches are asked to last between this and twice this.</summary>
    public TimeSpan MinWatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where jitter comes from; from the clock when null.</summary>
    public ulong? Seed { get; init; }
}
