using Microsoft.Extensions.Logging;

namespace Kube.Client.Events;

public sealed partial class EventRecorder
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Event {Reason} about {Name} is dropped: {Why}")]
    private partial void LogDropped(string reason, string name, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Event {Reason} about {Name} is refused: {Why}")]
    private partial void LogRefused(string reason, string name, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Event {Reason} could not be sent (try {Tries}): {Why}")]
    private partial void LogUnsent(string reason, int tries, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopped with {Count} events unsent")]
    private partial void LogAbandoned(int count);
}
