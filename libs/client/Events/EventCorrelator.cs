using Kube.Api.Core.V1;
using Kube.Client.Queues;

namespace Kube.Client.Events;

/// <summary>
/// Decides whether an event is new, one more of a known one, or too much, by client-go's rules:
/// <list type="bullet">
/// <item>an object has 25 events at once and one more every five minutes, per source;</item>
/// <item>more than ten events within ten minutes that differ in their message only become one,
/// "(combined from similar events): " and the last message;</item>
/// <item>an event that is the same in everything is counted, not repeated.</item>
/// </list>
/// Remembers at most 4096 keys of each sort, the most recently used. Not safe for use by many threads.
/// </summary>
internal sealed class EventCorrelator(TimeProvider time)
{
    private const int CacheSize = 4096;
    private const int MaxSimilar = 10;
    private const int SpamBurst = 25;
    private const double SpamPerSecond = 1.0 / 300;
    private static readonly TimeSpan _similarWithin = TimeSpan.FromMinutes(10);
    private readonly LruCache<string, TokenBucket> _spam = new(CacheSize);
    private readonly LruCache<string, SimilarEvents> _similar = new(CacheSize);
    private readonly LruCache<string, SentEvent> _sent = new(CacheSize);

    /// <summary>Null when the event is to be dropped.</summary>
    public CorrelatedEvent? Correlate(Event value)
    {
        var source = string.Join('\u0001', value.Source?.Component, value.Source?.Host, Reference(value));
        if (!_spam.GetOrAdd(source, () => new TokenBucket(SpamPerSecond, SpamBurst, time)).TryTake())
        {
            return null;
        }

        var similarKey = string.Join('\u0001', source, value.Type, value.Reason, value.ReportingComponent, value.ReportingInstance);
        var isCombined = CountSimilar(similarKey, value.Message ?? "");
        if (isCombined)
        {
            value.Message = "(combined from similar events): " + value.Message;
        }

        var key = isCombined ? similarKey : similarKey + "\u0001" + value.Message;
        if (_sent.TryGet(key, out var known))
        {
            value.Metadata.Name = known.Name;
            value.Metadata.ResourceVersion = known.ResourceVersion;
            value.FirstTimestamp = known.FirstTimestamp;
            value.Count = known.Count + 1;
        }

        _sent.Set(key, new SentEvent(value.Metadata.Name!, known?.ResourceVersion, value.FirstTimestamp ?? new Time(time.GetUtcNow()), value.Count));
        return new CorrelatedEvent(value, key, IsRepeat: known is not null);
    }

    /// <summary>The server has stored the event.</summary>
    public void Stored(string key, Event stored)
    {
        if (_sent.TryGet(key, out var known) && known.Name == stored.Metadata.Name)
        {
            _sent.Set(key, known with { ResourceVersion = stored.Metadata.ResourceVersion });
        }
    }

    private bool CountSimilar(string key, string message)
    {
        var now = time.GetUtcNow();
        var similar = _similar.GetOrAdd(key, static () => new SimilarEvents());
        if (now - similar.LastAt > _similarWithin)
        {
            similar.Messages.Clear();
        }

        similar.LastAt = now;
        if (similar.Messages.Count < MaxSimilar || similar.Messages.Contains(message))
        {
            similar.Messages.Add(message);
        }
        else
        {
            return true;
        }

        return similar.Messages.Count >= MaxSimilar;
    }

    private static string Reference(Event value)
    {
        var about = value.InvolvedObject;
        return string.Join('\u0001', about?.Kind, about?.Namespace, about?.Name, about?.FieldPath, about?.Uid, about?.ApiVersion);
    }

    private sealed class SimilarEvents
    {
        public HashSet<string> Messages { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset LastAt { get; set; }
    }

    private sealed record SentEvent(string Name, string? ResourceVersion, Time FirstTimestamp, int Count);
}

/// <param name="Value">The event to send, with name and count.</param>
/// <param name="Key">To be given back with <see cref="EventCorrelator.Stored"/>.</param>
/// <param name="IsRepeat">True when the event is there already and only its count, message and time change.</param>
internal sealed record CorrelatedEvent(Event Value, string Key, bool IsRepeat);
