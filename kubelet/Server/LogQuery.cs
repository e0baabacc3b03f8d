using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Kube.Kubelet.Server;

/// <summary>Which part of a container's log is asked for; PodLogOptions of the API.</summary>
internal sealed record LogQuery
{
    public bool Follow { get; init; }

    public bool Previous { get; init; }

    public bool Timestamps { get; init; }

    public long? TailLines { get; init; }

    public long? LimitBytes { get; init; }

    public DateTimeOffset? Since { get; init; }

    /// <summary>Reads the query; <paramref name="error"/> says what is wrong with it.</summary>
    public static LogQuery? Parse(IQueryCollection query, DateTimeOffset now, out string? error)
    {
        error = null;
        DateTimeOffset? since = null;
        if (Number(query, "sinceSeconds", 1, ref error) is { } seconds)
        {
            since = now - TimeSpan.FromSeconds(seconds);
        }

        string? time = query["sinceTime"];
        if (time is { Length: > 0 })
        {
            if (since is not null)
            {
                error = "at most one of `sinceTime` or `sinceSeconds` may be specified";
            }
            else if (DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed))
            {
                since = parsed;
            }
            else
            {
                error = $"invalid sinceTime \"{time}\"";
            }
        }

        LogQuery result = new()
        {
            Follow = Flag(query, "follow"),
            Previous = Flag(query, "previous"),
            Timestamps = Flag(query, "timestamps"),
            TailLines = Number(query, "tailLines", 0, ref error),
            LimitBytes = Number(query, "limitBytes", 1, ref error),
            Since = since,
        };
        return error is null ? result : null;
    }

    private static bool Flag(IQueryCollection query, string name) =>
        query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values) && (values.ToString() is "" or "true" or "1");

    private static long? Number(IQueryCollection query, string name, long min, ref string? error)
    {
        string? text = query[name];
        if (text is not { Length: > 0 })
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) || value < min)
        {
            error ??= $"invalid {name} \"{text}\"";
            return null;
        }

        return value;
    }
}
