using System.Buffers;
using System.Text.Json;

namespace Kube.Client.Rest;

/// <summary>How to delete: the fields of metav1.DeleteOptions that clients use.</summary>
public sealed record DeleteRequest
{
    /// <summary>Foreground, Background or Orphan; the resource's default when null.</summary>
    public string? PropagationPolicy { get; init; }

    /// <summary>Seconds that the object is given to stop; 0 for at once, null for the object's own.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Delete only if the object has this uid; otherwise the answer is a conflict.</summary>
    public string? PreconditionUid { get; init; }

    /// <summary>Delete only if the object has this version; otherwise the answer is a conflict.</summary>
    public string? PreconditionResourceVersion { get; init; }

    internal byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", "DeleteOptions");
            writer.WriteString("apiVersion", "v1");
            if (GracePeriodSeconds is { } grace)
            {
                writer.WriteNumber("gracePeriodSeconds", grace);
            }

            if (PreconditionUid is not null || PreconditionResourceVersion is not null)
            {
                writer.WriteStartObject("preconditions");
                WriteIfSet(writer, "uid", PreconditionUid);
                WriteIfSet(writer, "resourceVersion", PreconditionResourceVersion);
                writer.WriteEndObject();
            }

            WriteIfSet(writer, "propagationPolicy", PropagationPolicy);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteIfSet(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
