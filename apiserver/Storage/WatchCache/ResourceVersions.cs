using System.Buffers.Text;
using System.Text.Json;

namespace Kube.ApiServer.Storage.WatchCache;

/// <summary>The resourceVersion inside encoded objects.</summary>
internal static class ResourceVersions
{
    /// <summary>The object's bytes with another resourceVersion in the place of its own.</summary>
    /// <exception cref="JsonException">The object has no metadata.resourceVersion.</exception>
    public static byte[] Replace(ReadOnlySpan<byte> json, long revision)
    {
        var (start, length) = Locate(json);
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(revision, digits, out var written);
        var result = GC.AllocateUninitializedArray<byte>(json.Length - length + written);
        json[..start].CopyTo(result);
        digits[..written].CopyTo(result.AsSpan(start));
        json[(start + length)..].CopyTo(result.AsSpan(start + written));
        return result;
    }

    private static (int Start, int Length) Locate(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var depth = 1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (depth == 1 && reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                depth = 2;
            }
            else if (depth == 2 && reader.ValueTextEquals("resourceVersion"u8))
            {
                reader.Read();
                return ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            }
            else
            {
                reader.Skip();
            }
        }

        throw new JsonException("object has no metadata.resourceVersion");
    }
}
