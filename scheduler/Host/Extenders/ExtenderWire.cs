using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kube.Api.Json;
using Kube.Scheduler.Framework;

namespace Kube.Scheduler.Host.Extenders;

/// <summary>What is said between scheduler and extender: k8s.io/kube-scheduler/extender/v1 as JSON, whose names Go writes in capitals and reads in any case. Pure.</summary>
internal static class ExtenderWire
{
    private static readonly JsonNodeOptions AnyCase = new() { PropertyNameCaseInsensitive = true };

    /// <summary>ExtenderArgs.</summary>
    public static byte[] Arguments(PodInfo pod, IReadOnlyList<NodeInfo> nodes, bool namesOnly) => Write(json =>
    {
        WritePod(json, pod);
        if (namesOnly)
        {
            json.WriteNull("Nodes");
            json.WriteStartArray("NodeNames");
            foreach (var node in nodes)
            {
                json.WriteStringValue(node.Name);
            }

            json.WriteEndArray();
            return;
        }

        json.WriteStartObject("Nodes");
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteStartArray("items");
        foreach (var node in nodes)
        {
            json.WriteRawValue(KubeJson.Serialize(node.Node!), skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteNull("NodeNames");
    });

    /// <summary>ExtenderPreemptionArgs.</summary>
    public static byte[] Arguments(PodInfo pod, IReadOnlyList<PreemptionCandidate> candidates, bool namesOnly) => Write(json =>
    {
        WritePod(json, pod);
        json.WriteNull(namesOnly ? "NodeNameToVictims" : "NodeNameToMetaVictims");
        json.WriteStartObject(namesOnly ? "NodeNameToMetaVictims" : "NodeNameToVictims");
        foreach (var candidate in candidates)
        {
            json.WriteStartObject(candidate.Node.Name);
            json.WriteStartArray("Pods");
            foreach (var victim in candidate.Victims)
            {
                if (namesOnly)
                {
                    json.WriteStartObject();
                    json.WriteString("UID", victim.Uid);
                    json.WriteEndObject();
                }
                else
                {
                    json.WriteRawValue(KubeJson.Serialize(victim.Pod), skipInputValidation: true);
                }
            }

            json.WriteEndArray();
            json.WriteNumber("NumPDBViolations", candidate.Violations);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    /// <summary>ExtenderBindingArgs.</summary>
    public static byte[] Arguments(PodInfo pod, string node) => Write(json =>
    {
        json.WriteString("PodName", pod.Key.Name);
        json.WriteString("PodNamespace", pod.Key.Namespace);
        json.WriteString("PodUID", pod.Uid);
        json.WriteString("Node", node);
    });

    /// <summary>Reads ExtenderFilterResult.</summary>
    /// <exception cref="ExtenderException">It says that it failed, names a node that was not asked about, or is none.</exception>
    public static ExtenderVerdicts ReadVerdicts(string extender, ReadOnlySpan<byte> answer, IReadOnlyList<NodeInfo> asked, bool namesOnly) => Read(extender, answer, json =>
    {
        ThrowIfFailed(json);
        var names = namesOnly && json?["NodeNames"] is JsonArray list
            ? list.Select(Text)
            : (json?["Nodes"]?["items"]?.AsArray() ?? []).Select(static node => Text(node?["metadata"]?["name"]));
        var kept = names.ToHashSet(StringComparer.Ordinal);
        var known = asked.Select(static node => node.Name).ToHashSet(StringComparer.Ordinal);
        return kept.FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? throw new ExtenderException($"extender \"{extender}\" claims a filtered node \"{unknown}\" which is not found in the input node list")
            : new ExtenderVerdicts(kept, ReadReasons(json?["FailedNodes"]), ReadReasons(json?["FailedAndUnresolvableNodes"]));
    });

    /// <summary>Reads HostPriorityList.</summary>
    /// <exception cref="ExtenderException">It is none.</exception>
    public static IReadOnlyDictionary<string, long> ReadScores(string extender, ReadOnlySpan<byte> answer) => Read(extender, answer, static json =>
    {
        var scores = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var score in json?.AsArray() ?? [])
        {
            scores[Text(score?["Host"])] = score?["Score"]?.GetValue<long>() ?? 0;
        }

        return scores;
    });

    /// <summary>Reads ExtenderPreemptionResult.</summary>
    /// <exception cref="ExtenderException">It names a node that was no candidate, or a pod that is not there, or is none.</exception>
    public static IReadOnlyList<PreemptionCandidate> ReadCandidates(string extender, ReadOnlySpan<byte> answer, IReadOnlyList<PreemptionCandidate> asked) =>
        Read(extender, answer, json =>
        {
            var nodes = asked.ToDictionary(static candidate => candidate.Node.Name, static candidate => candidate.Node, StringComparer.Ordinal);
            var candidates = new List<PreemptionCandidate>();
            foreach (var (name, victims) in json?["NodeNameToMetaVictims"]?.AsObject() ?? [])
            {
                var node = nodes.GetValueOrDefault(name) ?? throw new ExtenderException($"extender \"{extender}\" names node \"{name}\", which was no candidate");
                candidates.Add(new PreemptionCandidate(
                    node,
                    [.. (victims?["Pods"]?.AsArray() ?? []).Select(victim => PodOn(extender, node, Text(victim?["UID"])))],
                    (int)(victims?["NumPDBViolations"]?.GetValue<long>() ?? 0)));
            }

            return candidates;
        });

    /// <summary>Reads ExtenderBindingResult.</summary>
    /// <exception cref="ExtenderException">It says that it failed, or is none.</exception>
    public static void CheckBinding(string extender, ReadOnlySpan<byte> answer) => Read(extender, answer, static json =>
    {
        ThrowIfFailed(json);
        return true;
    });

    private static PodInfo PodOn(string extender, NodeInfo node, string uid) => node.Pods.FirstOrDefault(pod => pod.Uid == uid)
        ?? throw new ExtenderException($"extender: {extender} claims to preempt pod (UID: {uid}) on node: {node.Name}, but the pod is not found on that node");

    private static void ThrowIfFailed(JsonNode? json)
    {
        if (json?["Error"]?.GetValue<string>() is { Length: > 0 } error)
        {
            throw new ExtenderException(error);
        }
    }

    private static Dictionary<string, string> ReadReasons(JsonNode? reasons) =>
        (reasons?.AsObject() ?? []).ToDictionary(static pair => pair.Key, static pair => Text(pair.Value), StringComparer.Ordinal);

    private static string Text(JsonNode? node) => node?.GetValue<string>() ?? throw new FormatException("there is nothing where a text is expected");

    private static T Read<T>(string extender, ReadOnlySpan<byte> answer, Func<JsonNode?, T> read)
    {
        try
        {
            return read(JsonNode.Parse(answer, AnyCase));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new ExtenderException($"extender \"{extender}\" answered what can't be read: {e.Message}", e);
        }
    }

    private static void WritePod(Utf8JsonWriter json, PodInfo pod)
    {
        json.WritePropertyName("Pod");
        json.WriteRawValue(KubeJson.Serialize(pod.Pod), skipInputValidation: true);
    }

    private static byte[] Write(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
