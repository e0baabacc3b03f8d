using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Kube.Api.Core.V1;
using Kube.Client.Rest;
using Microsoft.Extensions.Logging;

namespace Kube.Client.Events;

/// <summary>
/// Writes core/v1 events in the background. At most 1000 wait; what comes beyond that is dropped, counted and logged.
/// An event that the server refuses is dropped; one that does not reach it is tried again, up to twelve times.
/// Safe for use by many threads.
/// </summary>
public sealed partial class EventRecorder : IEventRecorder, IAsyncDisposable
{
    private const int QueueLength = 1000;
    private const int MaxTries = 12;
    private static readonly TimeSpan _retryPause = TimeSpan.FromSeconds(10);
    private readonly KubeClient _client;
    private readonly EventSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly EventCorrelator _correlator;
    private readonly Channel<Event> _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private long _lastNameTicks;

    /// <param name="client">Where events go.</param>
    /// <param name="component">Who reports: deployment-controller.</param>
    /// <param name="host">The node it runs on, when that matters.</param>
    public EventRecorder(KubeClient client, string component, string? host = null)
    {
        _client = client;
        _source = new EventSource { Component = component, Host = host };
        _time = client.Time;
        _log = client.Loggers.CreateLogger<EventRecorder>();
        _correlator = new EventCorrelator(_time);
        _queue = Channel.CreateBounded<Event>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
        _loop = Task.Run(() => SendAllAsync(_stop.Token));
    }

    /// <inheritdoc/>
    public void Event(IKubeObject about, string type, string reason, string message, string? fieldPath = null)
    {
        var now = _time.GetUtcNow();
        var ns = about.Metadata.Namespace is { Length: > 0 } own ? own : "default";
        var value = new Event
        {
            Metadata = new ObjectMeta { Name = NameFor(about, now), Namespace = ns },
            InvolvedObject = new ObjectReference
            {
                Kind = about.Kind,
                ApiVersion = about.ApiVersion,
                Namespace = about.Metadata.Namespace,
                Name = about.Metadata.Name,
                Uid = about.Metadata.Uid,
                ResourceVersion = about.Metadata.ResourceVersion,
                FieldPath = fieldPath,
            },
            Reason = reason,
            Message = message.Length > 1024 ? message[..1024] : message,
            Source = _source,
            FirstTimestamp = new Time(now),
            LastTimestamp = new Time(now),
            Count = 1,
            Type = type,
            ReportingComponent = _source.Component,
            ReportingInstance = _source.Host,
        };
        if (!_queue.Writer.TryWrite(value))
        {
            EventMetrics.Dropped.Add(1, new KeyValuePair<string, object?>("component", _source.Component));
            LogDropped(reason, about.Metadata.Name ?? "", "the queue is full");
        }
    }

    /// <summary>Sends what is queued, for at most two seconds, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stop.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            await _loop.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            LogAbandoned(_queue.Reader.Count);
        }

        _stop.Dispose();
    }

    private async Task SendAllAsync(CancellationToken cancellation)
    {
        await foreach (var value in _queue.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            if (_correlator.Correlate(value) is { } correlated)
            {
                await SendAsync(correlated, cancellation).ConfigureAwait(false);
            }
            else
            {
                EventMetrics.Dropped.Add(1, new KeyValuePair<string, object?>("component", _source.Component));
                LogDropped(value.Reason ?? "", value.InvolvedObject?.Name ?? "", "too many events about it");
            }
        }
    }

    private async Task SendAsync(CorrelatedEvent correlated, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                _correlator.Stored(correlated.Key, await StoreAsync(correlated, cancellation).ConfigureAwait(false));
                return;
            }
            catch (KubeApiException e) when (!e.IsTimeout && e.Code < 500)
            {
                LogRefused(correlated.Value.Reason ?? "", correlated.Value.InvolvedObject?.Name ?? "", e.Message);
                return;
            }
            catch (Exception e) when (e is KubeApiException or HttpRequestException or IOException or TimeoutException or InvalidDataException)
            {
                LogUnsent(correlated.Value.Reason ?? "", tries, e.Message);
                if (tries == MaxTries)
                {
                    EventMetrics.Dropped.Add(1, new KeyValuePair<string, object?>("component", _source.Component));
                    return;
                }

                await Task.Delay(_retryPause, _time, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<Event> StoreAsync(CorrelatedEvent correlated, CancellationToken cancellation)
    {
        var value = correlated.Value;
        var events = _client.For<Event>();
        if (correlated.IsRepeat)
        {
            var patch = new JsonObject
            {
                ["count"] = value.Count,
                ["lastTimestamp"] = value.LastTimestamp?.ToString(),
                ["message"] = value.Message,
            };
            try
            {
                return await events.PatchAsync(value.Metadata.Namespace, value.Metadata.Name!, Patch.Strategic(patch), null, cancellation).ConfigureAwait(false);
            }
            catch (KubeApiException e) when (e.IsNotFound)
            {
                value.Metadata.ResourceVersion = null; // it has aged out: begin a new one with the count so far
            }
        }

        return await events.CreateAsync(value, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// "name.hex": the hexadecimal nanoseconds since 1970, made to differ for each event of this recorder.
    /// </summary>
    private string NameFor(IKubeObject about, DateTimeOffset now)
    {
        var ticks = (now - DateTimeOffset.UnixEpoch).Ticks;
        long last, mine;
        do
        {
            last = Interlocked.Read(ref _lastNameTicks);
            mine = Math.Max(ticks, last + 1);
        }
        while (Interlocked.CompareExchange(ref _lastNameTicks, mine, last) != last);
        return string.Create(CultureInfo.InvariantCulture, $"{about.Metadata.Name}.{mine * 100:x}");
    }
}
