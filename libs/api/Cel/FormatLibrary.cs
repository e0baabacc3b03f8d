using Kube.Api.Validation;
using Kube.Api.Values;
using Kube.Cel.Functions;
using Kube.Cel.Types;
using Kube.Cel.Values;

namespace Kube.Api.Cel;

/// <summary>Kubernetes' named formats: format.dns1123Label().validate(x) is none, or what is wrong with x.</summary>
internal static class FormatLibrary
{
    public static CelType FormatType { get; } = CelType.Opaque("kubernetes.NamedFormat");

    private static readonly Dictionary<string, Func<string, IReadOnlyList<string>>> Formats = new(StringComparer.Ordinal)
    {
        ["dns1123Label"] = NameRules.DnsLabel,
        ["dns1123Subdomain"] = NameRules.DnsSubdomain,
        ["dns1035Label"] = NameRules.Dns1035Label,
        ["qualifiedName"] = NameRules.QualifiedName,
        ["dns1123LabelPrefix"] = value => NameRules.DnsLabel(Unprefixed(value)),
        ["dns1123SubdomainPrefix"] = value => NameRules.DnsSubdomain(Unprefixed(value)),
        ["dns1035LabelPrefix"] = value => NameRules.Dns1035Label(Unprefixed(value)),
        ["labelValue"] = NameRules.LabelValue,
        ["uri"] = value => IsUri(value) ? [] : [$"parse \"{value}\": invalid URI for request"],
        ["uuid"] = value => Guid.TryParseExact(value, value.Contains('-', StringComparison.Ordinal) ? "D" : "N", out _) ? [] : ["does not match the UUID format"],
        ["byte"] = value => value.Length > 0 && Convert.TryFromBase64String(value, new byte[value.Length], out _) ? [] : ["invalid base64"],
        ["date"] = value => DateOnly.TryParseExact(value, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out _) ? [] : ["invalid date"],
        ["datetime"] = value => Rfc3339.TryParse(value, out _) ? [] : ["invalid datetime"],
    };

    public static IReadOnlyList<CelFunction> Functions { get; } =
    [
        new("format.named", new Overload([CelType.String], CelType.OptionalOf(FormatType), Body: args => Named(((StringValue)args[0]).Value))),
        .. Formats.Keys.Select(name => new CelFunction("format." + name, new Overload([], FormatType, Body: _ => new FormatValue(name)))),
        new("validate", new Overload([FormatType, CelType.String], CelType.OptionalOf(CelType.ListOf(CelType.String)), IsMember: true, Validate) { Cost = Cost }),
    ];

    /// <summary>A prefix may end in a dash, for something will follow it.</summary>
    private static string Unprefixed(string value) => value.Length > 1 && value.EndsWith('-') ? value[..^1] + "a" : value;

    private static bool IsUri(string value) => Uri.TryCreate(value, UriKind.Absolute, out _) && (value.StartsWith('/') || value.Contains(":/", StringComparison.Ordinal));

    private static OptionalValue Named(string name) => Formats.ContainsKey(name) ? new OptionalValue(new FormatValue(name)) : OptionalValue.None;

    private static OptionalValue Validate(ReadOnlySpan<CelValue> args)
    {
        var faults = Formats[((FormatValue)args[0]).Name](((StringValue)args[1]).Value);
        return faults.Count == 0 ? OptionalValue.None : new OptionalValue(ListValue.Of(faults.Select(fault => new StringValue(fault))));
    }

    /// <summary>As a match of a regular expression of the length that such formats have.</summary>
    private static long Cost(ReadOnlySpan<CelValue> args, CelValue result) => ((args[1].Size + 10) / 10) * 15;

    private sealed class FormatValue(string name) : CelValue
    {
        public string Name => name;

        public override CelType Type => FormatType;

        public override bool EqualTo(CelValue other) => other is FormatValue format && format.Name == name;

        public override string ToString() => name;
    }
}
