using System.Text.Json;

namespace Kube.Client.Rest;

/// <summary>What the server serves.</summary>
public sealed partial class KubeClient
{
    /// <summary>
    /// Every resource of the preferred version of every group, subresources left out, with the verbs each has. A group
    /// that cannot be asked is left out and named in <see cref="Discovery.FailedGroups"/>: its objects may exist.
    /// </summary>
    public async Task<Discovery> DiscoverAsync(CancellationToken cancellation = default)
    {
        var resources = new List<DiscoveredResource>();
        var failed = new List<string>();
        resources.AddRange(await ReadVersionAsync("", "v1", "/api/v1", cancellation).ConfigureAwait(false));
        var groups = await RawAsync(HttpMethod.Get, "/apis", cancellation: cancellation).ConfigureAwait(false);
        using var document = JsonDocument.Parse(groups.Body);
        foreach (var group in document.RootElement.GetProperty("groups").EnumerateArray())
        {
            var name = group.GetProperty("name").GetString()!;
            var version = group.GetProperty("preferredVersion").GetProperty("version").GetString()!;
            try
            {
                resources.AddRange(await ReadVersionAsync(name, version, $"/apis/{name}/{version}", cancellation).ConfigureAwait(false));
            }
            catch (Exception e) when (e is KubeApiException or JsonException)
            {
                failed.Add($"{name}/{version}: {e.Message}");
            }
        }

        return new Discovery(resources, failed);
    }

    private async Task<List<DiscoveredResource>> ReadVersionAsync(string group, string version, string path, CancellationToken cancellation)
    {
        var answer = await RawAsync(HttpMethod.Get, path, cancellation: cancellation).ConfigureAwait(false);
        using var document = JsonDocument.Parse(answer.Body);
        var resources = new List<DiscoveredResource>();
        foreach (var item in document.RootElement.GetProperty("resources").EnumerateArray())
        {
            var name = item.GetProperty("name").GetString()!;
            if (name.Contains('/', StringComparison.Ordinal))
            {
                continue;
            }

            var kind = new ResourceKind(group, version, name, item.GetProperty("kind").GetString()!, item.GetProperty("namespaced").GetBoolean());
            var verbs = item.TryGetProperty("verbs", out var list) ? list.EnumerateArray().Select(static verb => verb.GetString()!).ToHashSet() : [];
            resources.Add(new DiscoveredResource(kind, verbs));
        }

        return resources;
    }
}

/// <summary>A resource and what may be done with it.</summary>
public sealed record DiscoveredResource(ResourceKind Kind, IReadOnlySet<string> Verbs);

/// <param name="Resources">What is served.</param>
/// <param name="FailedGroups">Groups that did not answer, each with the reason.</param>
public sealed record Discovery(IReadOnlyList<DiscoveredResource> Resources, IReadOnlyList<string> FailedGroups);
