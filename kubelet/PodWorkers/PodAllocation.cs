using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Api.Json;

namespace Kube.Kubelet.PodWorkers;

/// <summary>
/// The resources that the node has given the containers of a pod whose specification asks for others by now, and those that
/// running containers really have. Kept in a file in the pod's directory from the first change on, so that a kubelet that is
/// started anew neither takes a wish for a fact nor applies it twice. Not thread-safe.
/// </summary>
internal sealed class PodAllocation(string file)
{
    private readonly Dictionary<string, ResourceRequirements> _allocated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResourceRequirements> _applied = new(StringComparer.Ordinal);

    /// <summary>By container name; empty while everything has what it asked for at first.</summary>
    public IReadOnlyDictionary<string, ResourceRequirements> Allocated => _allocated;

    /// <summary>Reads the file, if there is one.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static PodAllocation Load(string file)
    {
        PodAllocation allocation = new(file);
        if (!File.Exists(file))
        {
            return allocation;
        }

        try
        {
            JsonObject content = JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
            Fill(allocation._allocated, content["allocated"]);
            Fill(allocation._applied, content["applied"]);
            return allocation;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>What a running container has: what it was changed to last, else what it was made with.</summary>
    public ResourceRequirements? Applied(RuntimeContainer container) =>
        _applied.GetValueOrDefault(container.Id)
        ?? (container.Status.Annotations.TryGetValue(KubeletLabels.Resources, out string? made) ? KubeJson.Deserialize<ResourceRequirements>(made) : null);

    /// <summary>The node gives the pod's containers what they ask for; durable when it returns.</summary>
    public void Allocate(Pod pod)
    {
        foreach (Container container in pod.Containers())
        {
            _allocated[container.Name!] = container.Resources ?? new ResourceRequirements();
        }

        Save();
    }

    /// <summary>A running container has got these resources; durable when it returns. What was known of others than those there are is forgotten.</summary>
    public void Apply(RuntimeContainer container, ResourceRequirements resources, PodRuntimeStatus there)
    {
        foreach (string gone in _applied.Keys.Except(there.Containers.Select(static c => c.Id)).ToList())
        {
            _applied.Remove(gone);
        }

        _applied[container.Id] = resources;
        Save();
    }

    private static void Fill(Dictionary<string, ResourceRequirements> into, JsonNode? from)
    {
        foreach ((string key, JsonNode? value) in from?.AsObject() ?? [])
        {
            into[key] = KubeJson.FromJsonObject<ResourceRequirements>(value!.AsObject());
        }
    }

    private void Save()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string next = file + ".next";
        using (FileStream to = new(next, FileMode.Create, FileAccess.Write))
        {
            to.Write(JsonSerializer.SerializeToUtf8Bytes<JsonNode>(new JsonObject { ["allocated"] = ToJson(_allocated), ["applied"] = ToJson(_applied) }));
            to.Flush(flushToDisk: true);
        }

        File.Move(next, file, overwrite: true);
    }

    private static JsonObject ToJson(Dictionary<string, ResourceRequirements> from) =>
        new(from.Select(static p => KeyValuePair.Create<string, JsonNode?>(p.Key, KubeJson.ToJsonObject(p.Value))));
}
