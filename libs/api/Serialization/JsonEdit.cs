using System.Text.Json.Nodes;

namespace Kube.Api.Serialization;

/// <summary>
/// Changes of many members at a time. Taking members out of an object one by one takes the square of their number, and
/// clients choose how many there are.
/// </summary>
internal static class JsonEdit
{
    /// <summary>As many are still faster taken out one by one.</summary>
    private const int Few = 8;

    /// <summary>Takes members out; those that are left keep their order.</summary>
    internal static void Remove(JsonObject obj, IReadOnlyCollection<string> names)
    {
        if (names.Count <= Few)
        {
            foreach (var name in names)
            {
                obj.Remove(name);
            }

            return;
        }

        var gone = names.ToHashSet(StringComparer.Ordinal);
        foreach (var (name, value) in Empty(obj))
        {
            if (!gone.Contains(name))
            {
                obj.Add(name, value);
            }
        }
    }

    /// <summary>Takes all members out of an object and answers them, free to be put elsewhere.</summary>
    internal static List<KeyValuePair<string, JsonNode?>> Empty(JsonObject obj)
    {
        var members = obj.ToList();
        obj.Clear();
        return members;
    }
}
