using System.Text;
using Kube.Cel.Types;

namespace Kube.Cel.Values;

/// <summary>A text of Unicode code points.</summary>
public sealed class StringValue(string value) : CelValue
{
    private long _size = -1;

    public string Value => value;

    public override CelType Type => CelType.String;

    /// <summary>Code points.</summary>
    public override long Size => _size >= 0 ? _size : _size = CodePoints.Count(value);

    public override bool IsZero => value.Length == 0;

    public override bool EqualTo(CelValue other) => other is StringValue s && s.Value == value;

    public override string ToString() => value;
}

/// <summary>A sequence of bytes.</summary>
public sealed class BytesValue(ReadOnlyMemory<byte> value) : CelValue
{
    public ReadOnlyMemory<byte> Value => value;

    public override CelType Type => CelType.Bytes;

    public override long Size => value.Length;

    public override bool IsZero => value.IsEmpty;

    public override bool EqualTo(CelValue other) => other is BytesValue b && b.Value.Span.SequenceEqual(value.Span);

    public override string ToString() => Encoding.UTF8.GetString(value.Span);
}

/// <summary>Texts by code points. .NET counts UTF-16 units; the two differ where a text has surrogates.</summary>
internal static class CodePoints
{
    public static long Count(string text)
    {
        var surrogates = 0;
        for (var i = 0; i + 1 < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && char.IsLowSurrogate(text[i + 1]))
            {
                surrogates++;
                i++;
            }
        }

        return text.Length - surrogates;
    }

    /// <summary>UTF-16 index of a code point; -1 beyond the end, which itself has an index.</summary>
    public static int IndexOf(string text, long codePoint)
    {
        var index = 0;
        for (; codePoint > 0; codePoint--)
        {
            if (index >= text.Length)
            {
                return -1;
            }

            index += char.IsSurrogatePair(text, index) ? 2 : 1;
        }

        return codePoint < 0 ? -1 : index;
    }

    /// <summary>Order of code points, which is also that of UTF-8.</summary>
    public static int Compare(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            if (left[i] != right[i])
            {
                // Surrogates stand for code points above all that one unit can hold.
                return (char.IsSurrogate(left[i]), char.IsSurrogate(right[i])) switch
                {
                    (true, false) => 1,
                    (false, true) => -1,
                    _ => left[i].CompareTo(right[i]),
                };
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    /// <summary>The text of UTF-8 bytes; null when they are not valid.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
}

/// <summary>Values as error messages show them.</summary>
internal static class Display
{
    /// <summary>A value as it stands in a list or map: as it is, for Go prints values without quotes.</summary>
    public static string Of(CelValue value) => value.ToString() ?? "";
}
