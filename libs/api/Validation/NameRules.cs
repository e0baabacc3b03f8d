using System.Text.RegularExpressions;

namespace Kube.Api.Validation;

/// <summary>
/// Kubernetes' rules for names and keys, with the messages that its API server gives. Each rule returns what is
/// wrong with a value; nothing when it is well-formed.
/// </summary>
public static partial class NameRules
{
    private const string LabelForm = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string SubdomainForm = LabelForm + "(\\." + LabelForm + ")*";
    private const string Label1035Form = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private const string QualifiedForm = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private const string LabelValueForm = "(" + QualifiedForm + ")?";
    private const string EnvironmentForm = "[-._a-zA-Z][-._a-zA-Z0-9]*";
    private const string ConfigKeyForm = "[-._a-zA-Z0-9]+";
    private const string PercentForm = "[0-9]+%";

    [GeneratedRegex("^" + LabelForm + "\\z")]
    private static partial Regex LabelRegex();

    [GeneratedRegex("^" + SubdomainForm + "\\z")]
    private static partial Regex SubdomainRegex();

    [GeneratedRegex("^" + Label1035Form + "\\z")]
    private static partial Regex Label1035Regex();

    [GeneratedRegex("^" + QualifiedForm + "\\z")]
    private static partial Regex QualifiedRegex();

    [GeneratedRegex("^" + LabelValueForm + "\\z")]
    private static partial Regex LabelValueRegex();

    [GeneratedRegex("^" + ConfigKeyForm + "\\z")]
    private static partial Regex ConfigKeyRegex();

    [GeneratedRegex("^" + PercentForm + "\\z")]
    private static partial Regex PercentRegex();

    [GeneratedRegex("^[-a-z0-9]+\\z")]
    private static partial Regex PortCharsRegex();

    public static IReadOnlyList<string> DnsLabel(string value)
    {
        var errors = new List<string>();
        AddMaxLength(errors, value, 63);
        if (!LabelRegex().IsMatch(value))
        {
            errors.Add(SubdomainRegex().IsMatch(value)
                ? "must not contain dots"
                : Form("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character", LabelForm, "my-name", "123-abc"));
        }

        return errors;
    }

    public static IReadOnlyList<string> DnsSubdomain(string value)
    {
        var errors = new List<string>();
        AddMaxLength(errors, value, 253);
        if (!SubdomainRegex().IsMatch(value))
        {
            errors.Add(Form("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character", SubdomainForm, "example.com"));
        }

        return errors;
    }

    /// <summary>The name of a host; "*." at its beginning stands for any label.</summary>
    public static IReadOnlyList<string> HostName(string value)
    {
        if (!value.Contains('*', StringComparison.Ordinal))
        {
            return DnsSubdomain(value);
        }

        return value.StartsWith("*.", StringComparison.Ordinal) && DnsSubdomain(value[2..]).Count == 0
            ? []
            : [Form("a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character", "\\*\\." + SubdomainForm, "*.example.com")];
    }

    public static IReadOnlyList<string> Dns1035Label(string value)
    {
        var errors = new List<string>();
        AddMaxLength(errors, value, 63);
        if (!Label1035Regex().IsMatch(value))
        {
            errors.Add(Form("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character", Label1035Form, "my-name", "abc-123"));
        }

        return errors;
    }

    public static IReadOnlyList<string> QualifiedName(string value)
    {
        const string message = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
        var form = Form(message, QualifiedForm, "MyName", "my.name", "123-abc");
        var errors = new List<string>();
        var parts = value.Split('/');
        if (parts.Length > 2)
        {
            errors.Add("a qualified name " + form + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            return errors;
        }

        if (parts.Length == 2)
        {
            errors.AddRange((parts[0].Length == 0 ? ["must be non-empty"] : DnsSubdomain(parts[0])).Select(e => "prefix part " + e));
        }

        var name = parts[^1];
        if (name.Length == 0)
        {
            errors.Add("name part must be non-empty");
        }
        else if (name.Length > 63)
        {
            errors.Add("name part must be no more than 63 characters");
        }

        if (!QualifiedRegex().IsMatch(name))
        {
            errors.Add("name part " + form);
        }

        return errors;
    }

    public static IReadOnlyList<string> LabelValue(string value)
    {
        var errors = new List<string>();
        AddMaxLength(errors, value, 63);
        if (!LabelValueRegex().IsMatch(value))
        {
            errors.Add(Form("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", LabelValueForm, "MyValue", "my_value", "12345"));
        }

        return errors;
    }

    /// <summary>An environment variable's name, by the relaxed rule that Kubernetes 1.32 has on by default.</summary>
    public static IReadOnlyList<string> EnvironmentName(string value)
    {
        if (value.Length == 0)
        {
            return ["environment variable name must be non-empty"];
        }

        return value.AsSpan().IndexOfAnyExceptInRange(' ', '~') >= 0 || value.Contains('=', StringComparison.Ordinal)
            ? ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
            : [];
    }

    public static IReadOnlyList<string> ConfigKey(string value)
    {
        var errors = new List<string>();
        AddMaxLength(errors, value, 253);
        if (!ConfigKeyRegex().IsMatch(value))
        {
            errors.Add(Form("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", ConfigKeyForm, "key.name", "KEY_NAME", "key-name"));
        }

        switch (value)
        {
            case ".":
                errors.Add("must not be '.'");
                break;
            case "..":
                errors.Add("must not be '..'");
                break;
            default:
                if (value.StartsWith("..", StringComparison.Ordinal))
                {
                    errors.Add("must not start with '..'");
                }

                break;
        }

        return errors;
    }

    public static IReadOnlyList<string> PortName(string value)
    {
        var errors = new List<string>();
        AddMaxLength(errors, value, 15);
        if (!PortCharsRegex().IsMatch(value))
        {
            errors.Add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }

        if (value.AsSpan().IndexOfAnyInRange('a', 'z') < 0)
        {
            errors.Add("must contain at least one letter (a-z)");
        }

        if (value.Contains("--", StringComparison.Ordinal))
        {
            errors.Add("must not contain consecutive hyphens");
        }

        if (value.StartsWith('-') || value.EndsWith('-'))
        {
            errors.Add("must not begin or end with a hyphen");
        }

        return errors;
    }

    /// <summary>A name that may stand as one segment of a path: RBAC's names.</summary>
    public static IReadOnlyList<string> PathSegment(string value)
    {
        if (value is "." or "..")
        {
            return [$"may not be '{value}'"];
        }

        var errors = new List<string>();
        foreach (var c in (ReadOnlySpan<char>)['/', '%'])
        {
            if (value.Contains(c))
            {
                errors.Add($"may not contain '{c}'");
            }
        }

        return errors;
    }

    public static IReadOnlyList<string> Percent(string value) => PercentRegex().IsMatch(value)
        ? []
        : [Form("a valid percent string must be a numeric string followed by an ending '%'", PercentForm, "1%", "93%")];

    public static IReadOnlyList<string> PortNumber(long port) => InRange(port, 1, 65535);

    public static IReadOnlyList<string> InRange(long value, long minimum, long maximum) =>
        value >= minimum && value <= maximum ? [] : [$"must be between {minimum} and {maximum}, inclusive"];

    /// <summary>Applies the rule of a format.</summary>
    public static IReadOnlyList<string> Check(Schema.NameFormat format, string value) => format switch
    {
        Schema.NameFormat.DnsLabel => DnsLabel(value),
        Schema.NameFormat.DnsSubdomain => DnsSubdomain(value),
        Schema.NameFormat.Dns1035Label => Dns1035Label(value),
        Schema.NameFormat.QualifiedName => QualifiedName(value),
        Schema.NameFormat.LabelValue => LabelValue(value),
        Schema.NameFormat.EnvironmentName => EnvironmentName(value),
        Schema.NameFormat.ConfigKey => ConfigKey(value),
        Schema.NameFormat.PortName => PortName(value),
        _ => PathSegment(value),
    };

    private static void AddMaxLength(List<string> errors, string value, int maximum)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(value) > maximum)
        {
            errors.Add($"must be no more than {maximum} characters");
        }
    }

    private static string Form(string message, string regex, params ReadOnlySpan<string> examples) =>
        $"{message} (e.g. '{string.Join("',  or '", examples!)}', regex used for validation is '{regex}')";
}
