using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Kube.ApiServer.Registry.Subresources;

/// <summary>
/// Makes the links of what a proxied server answers lead through the proxy again, as Kubernetes does: what points to the
/// server's own root gets the proxy's path in front. Immutable.
/// </summary>
/// <param name="prefix">Path of the proxy, up to and with "/proxy".</param>
/// <param name="backend">Host and port of the proxied server.</param>
/// <param name="front">Scheme, host and port by which the client knows the API server: "https://host:6443".</param>
internal sealed class ProxyLinks(string prefix, string backend, string front)
{
    /// <summary>Path of the proxy.</summary>
    public string Prefix => prefix;

    /// <summary>The link as the client must see it. Relative ones and those to other hosts stay as they are.</summary>
    public string Rewrite(string link)
    {
        if (link.StartsWith('/') && !link.StartsWith("//", StringComparison.Ordinal))
        {
            return Prefixed(link);
        }

        var authority = link.IndexOf("//", StringComparison.Ordinal) + 2;
        if (authority < 2 || link[..(authority - 2)] is not ("" or "http:" or "https:"))
        {
            return link;
        }

        var end = link.AsSpan(authority).IndexOfAny('/', '?', '#') is >= 0 and var found ? authority + found : link.Length;
        var host = link[authority..end];
        if (host != backend && !front.EndsWith("//" + host, StringComparison.Ordinal))
        {
            return link;
        }

        var rest = link[end..];
        return front + Prefixed(rest.StartsWith('/') ? rest : "/" + rest);
    }

    private string Prefixed(string path) =>
        path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] is '/' or '?' or '#') ? path : prefix + path;
}

/// <summary>
/// Rewrites the links of an HTML page that comes in pieces; everything else passes as it is, byte by byte. Holds no more
/// than one tag. For one thread at a time.
/// </summary>
internal sealed class HtmlLinkRewriter(ProxyLinks links)
{
    /// <summary>A tag longer than this is passed on unread.</summary>
    private const int MaxTagBytes = 64 * 1024;

    /// <summary>Elements that have links, and the attributes that are.</summary>
    private static readonly FrozenDictionary<string, string[]> Attributes = new Dictionary<string, string[]>
    {
        ["a"] = ["href"],
        ["applet"] = ["codebase"],
        ["area"] = ["href"],
        ["audio"] = ["src"],
        ["base"] = ["href"],
        ["blockquote"] = ["cite"],
        ["body"] = ["background"],
        ["button"] = ["formaction"],
        ["command"] = ["icon"],
        ["del"] = ["cite"],
        ["embed"] = ["src"],
        ["form"] = ["action"],
        ["frame"] = ["longdesc", "src"],
        ["head"] = ["profile"],
        ["html"] = ["manifest"],
        ["iframe"] = ["longdesc", "src"],
        ["img"] = ["longdesc", "src", "usemap"],
        ["input"] = ["src", "usemap", "formaction"],
        ["ins"] = ["cite"],
        ["link"] = ["href"],
        ["object"] = ["classid", "codebase", "data", "usemap"],
        ["q"] = ["cite"],
        ["script"] = ["src"],
        ["source"] = ["src"],
        ["video"] = ["poster", "src"],
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Elements whose content is no markup.</summary>
    private static readonly string[] RawText = ["script", "style", "textarea", "title"];

    private readonly ArrayBufferWriter<byte> _tag = new();

    /// <summary>The element whose end alone is looked for; null outside such.</summary>
    private string? _raw;

    /// <summary>Takes a piece of the page, and gives what of it is sure.</summary>
    public void Write(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        while (!input.IsEmpty)
        {
            if (_tag.WrittenCount == 0)
            {
                var start = input.IndexOf((byte)'<');
                var text = start < 0 ? input.Length : start;
                output.Write(input[..text]);
                input = input[text..];
                if (start < 0)
                {
                    return;
                }
            }

            var before = _tag.WrittenCount;
            var piece = input.IndexOf((byte)'>') is >= 0 and var mark ? mark + 1 : input.Length;
            _tag.Write(input[..piece]);
            var end = EndOfTag(_tag.WrittenSpan);
            if (end < 0 && _tag.WrittenCount < MaxTagBytes)
            {
                input = input[piece..];
                continue;
            }

            // What looked like the end of a raw element may turn out to be text: then what came behind its first byte is read again.
            var length = end < 0 ? _tag.WrittenCount : end;
            var again = length < before ? _tag.WrittenSpan[length..before].ToArray() : [];
            if (end < 0)
            {
                output.Write(_tag.WrittenSpan);
            }
            else
            {
                WriteTag(_tag.WrittenSpan[..length], output);
            }

            _tag.ResetWrittenCount();
            Write(again, output);
            input = input[Math.Max(0, length - before)..];
        }
    }

    /// <summary>Gives what is left at the page's end: a tag that never ended.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        output.Write(_tag.WrittenSpan);
        _tag.ResetWrittenCount();
    }

    /// <summary>Length of the tag that begins here, or of the one byte that begins none; -1 when its end has not come.</summary>
    private int EndOfTag(ReadOnlySpan<byte> tag)
    {
        if (tag.Length < 2)
        {
            return -1;
        }

        if (_raw is not null && !MayEnd(tag, _raw, out var isKnown))
        {
            return isKnown ? 1 : -1;
        }

        if (tag.StartsWith("<!--"u8) || (tag.Length < 4 && "<!--"u8.StartsWith(tag)))
        {
            return tag.Length >= 4 && tag[4..].IndexOf("-->"u8) is >= 0 and var comment ? comment + 7 : -1;
        }

        if (!(char.IsAsciiLetter((char)tag[1]) || tag[1] is (byte)'/' or (byte)'!'))
        {
            return 1;
        }

        byte quote = 0;
        for (var i = 1; i < tag.Length; i++)
        {
            if (quote != 0)
            {
                quote = tag[i] == quote ? (byte)0 : quote;
            }
            else if (tag[i] == (byte)'>')
            {
                return i + 1;
            }
            else if (tag[i] is (byte)'"' or (byte)'\'' && tag[..i].TrimEnd((byte)' ') is [.., (byte)'='])
            {
                quote = tag[i];
            }
        }

        return -1;
    }

    /// <summary>Whether this is the end tag of a raw element; not known while too little of it has come.</summary>
    private static bool MayEnd(ReadOnlySpan<byte> tag, string element, out bool isKnown)
    {
        var close = "</" + element;
        for (var i = 0; i < Math.Min(tag.Length, close.Length); i++)
        {
            if (char.ToLowerInvariant((char)tag[i]) != close[i])
            {
                isKnown = true;
                return false;
            }
        }

        isKnown = tag.Length >= close.Length;
        return isKnown;
    }

    private void WriteTag(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        var tag = Encoding.Latin1.GetString(bytes);
        var isEnd = tag.StartsWith("</", StringComparison.Ordinal);
        var nameStart = isEnd ? 2 : 1;
        var nameEnd = nameStart;
        while (nameEnd < tag.Length && (char.IsAsciiLetterOrDigit(tag[nameEnd]) || tag[nameEnd] == '-'))
        {
            nameEnd++;
        }

        var name = tag[nameStart..nameEnd].ToLowerInvariant();
        if (_raw is not null)
        {
            _raw = isEnd && name == _raw ? null : _raw;
            output.Write(bytes);
            return;
        }

        if (!isEnd && RawText.Contains(name) && !tag.EndsWith("/>", StringComparison.Ordinal))
        {
            _raw = name;
        }

        output.Write(isEnd || !Attributes.TryGetValue(name, out var wanted) ? bytes : Encoding.Latin1.GetBytes(Rewritten(tag, nameEnd, wanted)));
    }

    /// <summary>The tag with those attributes rewritten that are links.</summary>
    private string Rewritten(string tag, int at, string[] wanted)
    {
        var result = new StringBuilder(tag.Length + 64).Append(tag, 0, at);
        while (at < tag.Length)
        {
            var name = at;
            while (at < tag.Length && !char.IsWhiteSpace(tag[at]) && tag[at] is not ('=' or '>' or '/'))
            {
                at++;
            }

            var attribute = tag[name..at];
            var equals = at;
            while (equals < tag.Length && char.IsWhiteSpace(tag[equals]))
            {
                equals++;
            }

            if (attribute.Length == 0 || equals >= tag.Length || tag[equals] != '=')
            {
                // A space, a slash, or an attribute without a value.
                at = Math.Min(tag.Length, Math.Max(at, name + 1));
                result.Append(tag, name, at - name);
                continue;
            }

            var (start, end, next) = Value(tag, equals + 1);
            result.Append(tag, name, start - name);
            var value = tag[start..end];
            result.Append(wanted.Contains(attribute, StringComparer.OrdinalIgnoreCase) ? links.Rewrite(value) : value);
            result.Append(tag, end, next - end);
            at = next;
        }

        return result.ToString();
    }

    /// <summary>Where the value behind an equals sign begins and ends, and where what follows it does.</summary>
    private static (int Start, int End, int Next) Value(string tag, int at)
    {
        while (at < tag.Length && char.IsWhiteSpace(tag[at]))
        {
            at++;
        }

        if (at < tag.Length && tag[at] is '"' or '\'')
        {
            var end = tag.IndexOf(tag[at], at + 1);
            return end < 0 ? (at + 1, tag.Length, tag.Length) : (at + 1, end, end + 1);
        }

        var stop = at;
        while (stop < tag.Length && !char.IsWhiteSpace(tag[stop]) && tag[stop] != '>')
        {
            stop++;
        }

        return (at, stop, stop);
    }
}
