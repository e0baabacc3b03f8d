using Grpc.Core;

namespace Kube.Rpc.Wire;

/// <summary>Metadata to header values and back.</summary>
internal static class MetadataCodec
{
    /// <summary>The header value of an entry.</summary>
    /// <exception cref="RpcException">INTERNAL: the text has a character that a header may not have.</exception>
    public static string Encode(Metadata.Entry entry)
    {
        if (entry.IsBinary)
        {
            return BinaryHeader.Encode(entry.RawBytes);
        }

        foreach (var c in entry.Value)
        {
            if (c is < ' ' or > '~')
            {
                throw new RpcException(new Status(
                    StatusCode.Internal, $"metadata value of '{entry.Key}' has a character outside printable ASCII"));
            }
        }

        return entry.Value;
    }

    /// <summary>
    /// Adds what one header line carries: several entries when a binary line is a list. A value that is not base64
    /// under a <c>-bin</c> key is left out, since neither its bytes nor a text can be given.
    /// </summary>
    public static void Decode(Metadata metadata, string name, string? value)
    {
        if (Headers.IsReserved(name) || value is null)
        {
            return;
        }

        var key = name.ToLowerInvariant();
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            metadata.Add(Metadata.Entry.FromWire(key, value));
            return;
        }

        foreach (var range in value.AsSpan().Split(','))
        {
            if (BinaryHeader.TryDecode(value.AsSpan(range), out var bytes))
            {
                metadata.Add(Metadata.Entry.FromWire(key, bytes));
            }
        }
    }
}
