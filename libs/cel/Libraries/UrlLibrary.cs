using System.Text;
using Kube.Cel.Functions;
using Kube.Cel.Types;
using Kube.Cel.Values;
using static Kube.Cel.Functions.StandardLibrary;
using static Kube.Cel.Types.CelType;

namespace Kube.Cel.Libraries;

/// <summary>Kubernetes' url(): the parts of absolute URLs, as Go's net/url cuts them.</summary>
public static class UrlLibrary
{
    public static CelType UrlType { get; } = Opaque("kubernetes.URL");

    private static readonly CelType Str = CelType.String;

    public static IReadOnlyList<CelFunction> Functions { get; } =
    [
        new("url", [Form(UrlType, Str) with { Cost = Costs.Traverse() }], args => UrlValue.Parse(Text(args[0]), out var fault) is { } url ? url : new ErrorValue("URL parse error during conversion from string: " + fault)),
        new("isURL", [Form(Bool, Str) with { Cost = Costs.Traverse() }], args => BoolValue.Of(UrlValue.Parse(Text(args[0]), out _) is not null)),
        Part("getScheme", url => url.Scheme),
        Part("getHost", url => url.Host),
        Part("getHostname", url => url.Hostname),
        Part("getPort", url => url.Port),
        Part("getEscapedPath", url => url.EscapedPath),
        new("getQuery", [Member(MapOf(Str, ListOf(Str)), UrlType)], args => ((UrlValue)args[0]).Query()),
    ];

    private static CelFunction Part(string name, Func<UrlValue, string> part) => new(name, [Member(Str, UrlType)], args => new StringValue(part((UrlValue)args[0])));

    private sealed class UrlValue(string text, string scheme, string host, string path, string query) : CelValue
    {
        private const string PathPlain = "-_.~$&+,/:;=@!'()*";

        public string Scheme => scheme;

        public string Host => host;

        public string Hostname => PortAt is >= 0 and var colon ? Bare(host[..colon]) : Bare(host);

        public string Port => PortAt is >= 0 and var colon ? host[(colon + 1)..] : "";

        public string EscapedPath => Escape(path);

        public override CelType Type => UrlType;

        public override bool EqualTo(CelValue other) => other is UrlValue url && url.ToString() == text;

        public override string ToString() => text;

        private int PortAt => host.LastIndexOf(':') is var colon && colon > host.LastIndexOf(']') ? colon : -1;

        public static UrlValue? Parse(string text, out string fault)
        {
            fault = $"parse \"{text}\": ";
            if (text.Length == 0)
            {
                fault += "empty url";
                return null;
            }

            if (text.Any(c => c < ' ' || c == 0x7f))
            {
                fault += "net/url: invalid control character in URL";
                return null;
            }

            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var hasScheme = colon > 0 && char.IsAsciiLetter(text[0]) && text.AsSpan(0, colon).IndexOfAnyExcept(SchemeChars) < 0;
            if ((!hasScheme && !text.StartsWith('/')) || (hasScheme && !text.AsSpan(colon + 1).StartsWith("/")))
            {
                fault += colon == 0 ? "missing protocol scheme" : "invalid URI for request";
                return null;
            }

            var rest = hasScheme ? text[(colon + 1)..] : text;
            var fragment = rest.IndexOf('#', StringComparison.Ordinal);
            rest = fragment < 0 ? rest : rest[..fragment];
            var question = rest.IndexOf('?', StringComparison.Ordinal);
            var query = question < 0 ? "" : rest[(question + 1)..];
            rest = question < 0 ? rest : rest[..question];
            var host = "";
            if (rest.StartsWith("//", StringComparison.Ordinal) && (hasScheme || !rest.StartsWith("///", StringComparison.Ordinal)))
            {
                var slash = rest.IndexOf('/', 2);
                host = slash < 0 ? rest[2..] : rest[2..slash];
                rest = slash < 0 ? "" : rest[slash..];
                host = host[(host.LastIndexOf('@') + 1)..];
            }

            if (FaultOfHost(host) is { } hostFault)
            {
                fault += hostFault;
                return null;
            }

            if (BadEscape(rest) is { } escape)
            {
                fault += $"invalid URL escape \"{escape}\"";
                return null;
            }

            return new UrlValue(text, hasScheme ? text[..colon].ToLowerInvariant() : "", host, rest, query);
        }

        public MapValue Query()
        {
            var values = new Dictionary<CelValue, List<CelValue>>(KeyComparer.Instance);
            foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                var name = equals < 0 ? pair : pair[..equals];
                var value = equals < 0 ? "" : pair[(equals + 1)..];

                // What cannot be read is left out, as Go does.
                if (!pair.Contains(';', StringComparison.Ordinal) && BadEscape(pair) is null)
                {
                    var key = new StringValue(Unescape(name));
                    if (!values.TryGetValue(key, out var list))
                    {
                        values[key] = list = [];
                    }

                    list.Add(new StringValue(Unescape(value)));
                }
            }

            return new DictionaryMapValue(values.ToDictionary(v => v.Key, v => (CelValue)ListValue.Of(v.Value), KeyComparer.Instance));
        }

        private static readonly System.Buffers.SearchValues<char> SchemeChars =
            System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

        private static string Bare(string name) => name.StartsWith('[') && name.EndsWith(']') ? name[1..^1] : name;

        private static string? FaultOfHost(string host)
        {
            if (host.StartsWith('[') && !host.Contains(']', StringComparison.Ordinal))
            {
                return "missing ']' in host";
            }

            var after = host.StartsWith('[') ? host[(host.LastIndexOf(']') + 1)..] : host.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? host[colon..] : "";
            if (after.Length > 0 && (after[0] != ':' || after.AsSpan(1).ContainsAnyExceptInRange('0', '9')))
            {
                return $"invalid port \"{after}\" after host";
            }

            foreach (var c in host)
            {
                if (c is ' ' or '<' or '>' or '"' or '\\' or '^' or '`' or '{' or '|' or '}')
                {
                    return c == '"' || c is '<' or '>' ? null : $"invalid character \"{c}\" in host name";
                }
            }

            return null;
        }

        private static string? BadEscape(string text)
        {
            for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    return text[i..Math.Min(text.Length, i + 3)];
                }
            }

            return null;
        }

        private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

        /// <summary>The path as it was when it is escaped well, else escaped anew.</summary>
        private static string Escape(string path)
        {
            var escaped = new StringBuilder();
            foreach (var b in Encoding.UTF8.GetBytes(path))
            {
                var c = (char)b;
                if (b < 0x80 && (char.IsAsciiLetterOrDigit(c) || c == '%' || PathPlain.Contains(c, StringComparison.Ordinal) || c is '[' or ']'))
                {
                    escaped.Append(c);
                }
                else
                {
                    escaped.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
                }
            }

            return escaped.ToString();
        }
    }
}
