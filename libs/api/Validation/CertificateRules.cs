using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of certificate signing requests (Kubernetes' pkg/apis/certificates/validation).</summary>
internal static class CertificateRules
{
    private const long MinExpirationSeconds = 600;
    private const int MaxDomainLength = 253;
    private const int MaxSignerLength = MaxDomainLength + 1 + MaxDomainLength + 63 + 1;
    private const string RequestLabel = "CERTIFICATE REQUEST";
    private const string CertificateLabel = "CERTIFICATE";

    private static readonly string[] Decisions = ["Approved", "Denied"];
    private static readonly string[] Lasting = ["Approved", "Denied", "Failed"];

    /// <summary>The usages that there are, sorted.</summary>
    private static readonly string[] Usages =
    [
        "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature",
        "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc",
        "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping",
    ];

    internal static void Check(ErrorList errors, JsonObject csr)
    {
        var spec = csr.Map("spec");
        if (RequestFault(spec.Text("request")) is { } fault)
        {
            errors.Add(FieldError.Invalid("spec.request", spec.Text("request"), fault));
        }

        CheckUsages(errors, spec);
        var signer = spec.Text("signerName") ?? "";
        if (signer == "kubernetes.io/legacy-unknown")
        {
            errors.AddTolerable("legacy signer", FieldError.Invalid("spec.signerName", signer, "the legacy signerName is not allowed via this API version"));
        }
        else
        {
            CheckSigner(errors, signer, "spec.signerName");
        }

        if (spec.Whole("expirationSeconds") is { } seconds and < MinExpirationSeconds)
        {
            errors.Add(FieldError.Invalid("spec.expirationSeconds", seconds, $"may not specify a duration less than {MinExpirationSeconds} seconds (10 minutes)"));
        }

        CheckConditions(errors, csr.Map("status"));
        if (csr.Map("status").Text("certificate") is { Length: > 0 } certificate && CertificateFault(certificate) is { } certificateFault)
        {
            errors.AddTolerable("certificate", FieldError.Invalid("status.certificate", "<certificate data>", certificateFault));
        }
    }

    internal static void CheckUpdate(ErrorList errors, JsonObject csr, JsonObject old) => CheckChange(errors, csr, old, maySign: false, mayDecide: false);

    /// <summary>Through status the certificate comes.</summary>
    internal static void CheckStatus(ErrorList errors, JsonObject csr, JsonObject old)
    {
        Check(errors, csr);
        CheckChange(errors, csr, old, maySign: true, mayDecide: false);
    }

    /// <summary>Through approval the decision comes.</summary>
    internal static void CheckApproval(ErrorList errors, JsonObject csr, JsonObject old)
    {
        Check(errors, csr);
        CheckChange(errors, csr, old, maySign: false, mayDecide: true);
    }

    private static void CheckUsages(ErrorList errors, JsonObject? spec)
    {
        if (!spec.Texts("usages").Any())
        {
            errors.Add(FieldError.Required("spec.usages"));
        }

        foreach (var (usage, path) in spec.PlacedTexts("usages", "spec").Where(static usage => !Usages.Contains(usage.Text)))
        {
            errors.AddTolerable("unknown usage", FieldError.NotSupported(path, usage, Usages));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (usage, path) in spec.PlacedTexts("usages", "spec").Where(usage => !seen.Add(usage.Text)))
        {
            errors.AddTolerable("duplicate usage", FieldError.Duplicate(path, usage));
        }
    }

    private static void CheckConditions(ErrorList errors, JsonObject? status)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (condition, path) in status.Placed("conditions", "status"))
        {
            var type = condition.Text("type") ?? "";
            if (type.Length == 0)
            {
                errors.AddTolerable("condition without type", FieldError.Required(path + ".type"));
            }

            string[] statuses = Lasting.Contains(type) ? ["True"] : ["False", "True", "Unknown"];
            errors.OneOf(path + ".status", condition.Text("status"), statuses);
            var isNew = seen.Add(type);
            if (Decisions.Contains(type) && Decisions.All(seen.Contains))
            {
                errors.AddTolerable("both decisions", FieldError.Invalid(path + ".type", type, "Approved and Denied conditions are mutually exclusive"));
            }

            if (!isNew)
            {
                errors.AddTolerable("duplicate condition", FieldError.Duplicate(path + ".type", type));
            }
        }
    }

    private static void CheckChange(ErrorList errors, JsonObject csr, JsonObject old, bool maySign, bool mayDecide)
    {
        const string path = "status.conditions";
        foreach (var type in Lasting)
        {
            if (Of(csr, type).Count < Of(old, type).Count)
            {
                errors.Add(FieldError.Forbidden(path, $"updates may not remove a condition of type {GoText.Quote(type)}"));
            }
        }

        foreach (var type in mayDecide ? [] : Decisions)
        {
            var (now, before) = (Of(csr, type), Of(old, type));
            if (now.Count > before.Count)
            {
                errors.Add(FieldError.Forbidden(path, $"updates may not add a condition of type {GoText.Quote(type)}"));
            }
            else if (now.Count == before.Count && !now.Zip(before).All(static pair => JsonNode.DeepEquals(pair.First, pair.Second)))
            {
                errors.Add(FieldError.Forbidden(path, $"updates may not modify a condition of type {GoText.Quote(type)}"));
            }
        }

        var (certificate, had) = (csr.Map("status").Text("certificate") ?? "", old.Map("status").Text("certificate") ?? "");
        if (certificate != had && (!maySign || had.Length > 0))
        {
            errors.Add(FieldError.Forbidden("status.certificate", maySign ? "updates may not modify existing certificate content" : "updates may not set certificate content"));
        }
    }

    private static List<JsonObject> Of(JsonObject csr, string type) => [.. csr.Map("status").Items("conditions").Where(condition => condition.Text("type") == type)];

    /// <summary>A domain and a path of one part: example.com/signer-name.</summary>
    internal static void CheckSigner(ErrorList errors, string signer, string path)
    {
        if (signer.Length == 0)
        {
            errors.Add(FieldError.Required(path));
            return;
        }

        var parts = signer.Split('/');
        if (parts.Length != 2)
        {
            errors.Add(FieldError.Invalid(path, signer, "must be a fully qualified domain and path of the form 'example.com/signer-name'"));
            return;
        }

        if (parts[0].Length > MaxDomainLength)
        {
            errors.Add(FieldError.TooLong(path, MaxDomainLength));
        }

        CheckLabels(errors, parts[0], path, NameRules.DnsLabel);
        if (!parts[0].Contains('.', StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid(path, parts[0], "should be a domain with at least two segments separated by dots"));
        }

        CheckLabels(errors, parts[1], path, NameRules.DnsSubdomain);
        if (signer.Length > MaxSignerLength)
        {
            errors.Add(FieldError.TooLong(path, MaxSignerLength));
        }
    }

    /// <summary>The faults of the first label that has any; those of the others would say the same.</summary>
    private static void CheckLabels(ErrorList errors, string part, string path, Func<string, IReadOnlyList<string>> rule)
    {
        if (Array.Find(part.Split('.'), label => rule(label).Count > 0) is { } bad)
        {
            errors.AddInvalid(path, part, rule(bad).Select(fault => $"validating label {GoText.Quote(bad)}: {fault}"));
        }
    }

    private static string? RequestFault(string? base64)
    {
        if (Pem(base64) is not { } pem || !PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != RequestLabel)
        {
            return $"PEM block type must be {RequestLabel}";
        }

        try
        {
            // Loading verifies that the requester holds the key.
            CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default, RSASignaturePadding.Pkcs1);
            return null;
        }
        catch (CryptographicException e)
        {
            return e.Message;
        }
    }

    private static string? CertificateFault(string base64)
    {
        var rest = (Pem(base64) ?? "").AsSpan();
        var found = 0;
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (!rest[fields.Label].SequenceEqual(CertificateLabel))
            {
                return $"only CERTIFICATE PEM blocks are allowed, found \"{rest[fields.Label]}\"";
            }

            try
            {
                using var certificate = X509Certificate2.CreateFromPem(rest[fields.Location]);
                found++;
            }
            catch (CryptographicException e)
            {
                return e.Message;
            }

            rest = rest[fields.Location.End..];
        }

        return found == 0 ? "must contain one or more PEM blocks" : null;
    }

    private static string? Pem(string? base64)
    {
        try
        {
            return base64 is null ? null : Encoding.ASCII.GetString(ScalarText.FromBase64(base64));
        }
        catch (DecodeException)
        {
            return null;
        }
    }
}
