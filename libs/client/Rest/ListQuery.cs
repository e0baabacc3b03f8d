using System.Globalization;
using System.Text;

namespace Kube.Client.Rest;

/// <summary>What to list or watch.</summary>
public sealed record ListQuery
{
    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>
    /// List: null for the latest state, "0" for any, else at least this new. Watch: events after this version.
    /// </summary>
    public string? ResourceVersion { get; init; }

    /// <summary>NotOlderThan or Exact; only with a resource version.</summary>
    public string? ResourceVersionMatch { get; init; }

    /// <summary>Objects per page; 0 for all in one.</summary>
    public int Limit { get; init; }

    /// <summary>Where the next page begins, as the page before it said.</summary>
    public string? Continue { get; init; }

    /// <summary>The server ends a watch after this time.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>Ask for bookmark events in a watch.</summary>
    public bool AllowWatchBookmarks { get; init; }

    internal string ToQuery(bool watch)
    {
        var query = new StringBuilder();
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        Add("labelSelector", LabelSelector);
        Add("fieldSelector", FieldSelector);
        Add("resourceVersion", ResourceVersion);
        Add("resourceVersionMatch", ResourceVersionMatch);
        Add("limit", Limit > 0 ? Limit.ToString(CultureInfo.InvariantCulture) : null);
        Add("continue", Continue);
        if (watch)
        {
            Add("watch", "true");
            Add("allowWatchBookmarks", AllowWatchBookmarks ? "true" : null);
            Add("timeoutSeconds", TimeoutSeconds?.ToString(CultureInfo.InvariantCulture));
        }

        return query.ToString();
    }
}
