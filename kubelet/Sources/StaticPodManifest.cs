using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Core.V1;
using Kube.Api.Defaulting;
using Kube.Api.Json;
using Kube.Api.Schema;
using Kube.Api.Serialization;
using Kube.Api.Validation;
using Kube.Kubelet.PodWorkers;

namespace Kube.Kubelet.Sources;

/// <summary>Makes a pod of a manifest in a file, as Kubernetes' kubelet does with static pods. Pure.</summary>
internal static class StaticPodManifest
{
    /// <summary>
    /// The pod: its name with the node's behind it, bound to the node, with an identity that is a hash of node, file and content, so
    /// that another content is another pod, and the same content the same pod for every kubelet of the node.
    /// </summary>
    /// <exception cref="InvalidDataException">This is no valid pod; the text says why.</exception>
    public static Pod Read(ReadOnlyMemory<byte> content, string path, string nodeName)
    {
        JsonObject pod = Decode(content);
        JsonObject metadata = Member(pod, "metadata");
        metadata["uid"] ??= Hash(pod, path, nodeName);
        metadata["name"] = $"{metadata.Text("name")}-{nodeName.ToLowerInvariant()}";
        metadata["namespace"] ??= "default";
        JsonObject annotations = Member(metadata, "annotations");
        annotations[KubeletLabels.ConfigHash] = metadata.Text("uid");
        annotations[KubeletLabels.ConfigSource] = "file";
        JsonObject spec = Member(pod, "spec");
        spec["nodeName"] = nodeName;
        Tolerate(spec);
        pod["status"] = new JsonObject { ["phase"] = "Pending" };
        KindInfo kind = KindCatalog.Default.FindKind("", "v1", "Pod")!;
        IReadOnlyList<FieldError> errors = Validator.ValidateCreate(pod, kind);
        return errors.Count == 0
            ? KubeJson.FromJsonObject<Pod>(pod)
            : throw new InvalidDataException("invalid pod: " + string.Join(", ", errors));
    }

    private static JsonObject Decode(ReadOnlyMemory<byte> content)
    {
        try
        {
            DecodedObject decoded = ObjectCodec.Decode(content, WireFormat.Yaml, null, KindCatalog.Default.FindSchema, FieldValidation.Ignore);
            if ((decoded.ApiVersion, decoded.Kind) != ("v1", "Pod"))
            {
                throw new InvalidDataException($"invalid pod: it is a {decoded.Kind} of {decoded.ApiVersion}");
            }

            Defaulter.Apply(decoded.Object, decoded.Schema);
            return decoded.Object;
        }
        catch (DecodeException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static JsonObject Member(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject member)
        {
            parent[name] = member = [];
        }

        return member;
    }

    /// <summary>32 hexadecimal digits.</summary>
    private static string Hash(JsonObject pod, string path, string nodeName)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonTree.ToBytes(pod));
        hash.AppendData(Encoding.UTF8.GetBytes($"host:{nodeName}file:{path}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>A static pod is not driven from its node, whatever is wrong with that.</summary>
    private static void Tolerate(JsonObject spec)
    {
        if (spec["tolerations"] is not JsonArray tolerations)
        {
            spec["tolerations"] = tolerations = [];
        }

        if (!tolerations.OfType<JsonObject>().Any(static t => t.Text("operator") == "Exists" && t.Text("effect") == "NoExecute" && t.Text("key") is null or ""))
        {
            tolerations.Add(new JsonObject { ["operator"] = "Exists", ["effect"] = "NoExecute" });
        }
    }
}
