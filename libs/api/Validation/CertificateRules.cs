using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Serialization;

namespace Kube.Api.Validation;

/// <summary>Rules of certificate signing requests.</summary>
internal static class CertificateRules
{
    private const long MinExpirationSeconds = 600;
    private const string RequestLabel = "CERTIFICATE REQUEST";
    private const string CertificateLabel = "CERTIFICATE";

    internal static void Check(ErrorList errors, JsonObject obj)
    {
        var spec = obj.Map("spec");
        if (RequestFault(spec.Text("request")) is { } fault)
        {
            errors.Add(FieldError.Invalid("spec.request", spec.Text("request"), fault));
        }

        if (spec?["usages"] is not JsonArray { Count: > 0 })
        {
            errors.Add(FieldError.Required("spec.usages"));
        }

        CheckSigner(errors, spec.Text("signerName") ?? "");
        if (spec.Whole("expirationSeconds") is { } seconds and < MinExpirationSeconds)
        {
            errors.Add(FieldError.Invalid("spec.expirationSeconds", seconds, $"may not specify a duration less than {MinExpirationSeconds} seconds (10 minutes)"));
        }
    }

    /// <summary>What holds of conditions and certificate, through whichever subresource they were written.</summary>
    internal static void CheckStatus(ErrorList errors, JsonObject obj, JsonObject old)
    {
        var status = obj.Map("status");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var i = 0;
        foreach (var condition in status.Items("conditions"))
        {
            var at = $"status.conditions[{i++}]";
            var type = condition.Text("type") ?? "";
            if (type.Length == 0)
            {
                errors.Add(FieldError.Required(at + ".type"));
            }
            else if (!seen.Add(type))
            {
                errors.Add(FieldError.Duplicate(at + ".type", type));
            }

            if (type is "Approved" or "Denied" && seen.Contains("Approved") && seen.Contains("Denied"))
            {
                errors.Add(FieldError.Invalid(at + ".type", type, "Approved and Denied conditions are mutually exclusive"));
            }

            if (type is "Approved" or "Denied" or "Failed" && condition.Text("status") != "True")
            {
                errors.Add(FieldError.NotSupported(at + ".status", condition.Text("status") ?? "", ["True"]));
            }
        }

        foreach (var decided in old.Map("status").Items("conditions").Select(c => c.Text("type") ?? "").Where(t => t is "Approved" or "Denied" or "Failed"))
        {
            if (!seen.Contains(decided))
            {
                errors.Add(FieldError.Forbidden("status.conditions", $"updates may not remove a condition of type \"{decided}\""));
            }
        }

        if (status.Text("certificate") is { Length: > 0 } certificate && CertificateFault(certificate) is { } fault)
        {
            errors.Add(FieldError.Invalid("status.certificate", "<certificate data>", fault));
        }
    }

    private static void CheckSigner(ErrorList errors, string signer)
    {
        const string form = "must be a fully qualified domain and path of the form \"example.com/signer-name\"";
        if (signer.Length == 0)
        {
            errors.Add(FieldError.Required("spec.signerName"));
            return;
        }

        var slash = signer.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            errors.Add(FieldError.Invalid("spec.signerName", signer, form));
            return;
        }

        var (domain, path) = (signer[..slash], signer[(slash + 1)..]);
        errors.AddInvalid("spec.signerName", domain, NameRules.DnsSubdomain(domain));
        if (!domain.Contains('.', StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid("spec.signerName", domain, "should be a domain with at least two segments separated by dots"));
        }

        errors.AddInvalid("spec.signerName", path, NameRules.DnsSubdomain(path));
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
