namespace Kube.Rpc.Wire;

/// <summary>The encoding of the values of <c>-bin</c> metadata: base64, sent without padding, taken with or without.</summary>
internal static class BinaryHeader
{
    /// <summary>Encodes without padding.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var padded = Convert.ToBase64String(bytes);
        return padded.TrimEnd('=');
    }

    /// <summary>Decodes one value; false when it is not base64.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        text = text.Trim(" \t").TrimEnd('=');
        if (text.Length % 4 == 1)
        {
            bytes = [];
            return false;
        }

        var padded = new char[(text.Length + 3) / 4 * 4];
        text.CopyTo(padded);
        padded.AsSpan(text.Length).Fill('=');
        bytes = new byte[padded.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(padded, bytes, out var written))
        {
            bytes = [];
            return false;
        }

        Array.Resize(ref bytes, written);
        return true;
    }
}
