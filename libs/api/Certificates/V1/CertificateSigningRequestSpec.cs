using Kube.Api.Schema;

namespace Kube.Api.Certificates.V1;

/// <summary>What is asked and by whom; set once. The server fills in who.</summary>
public sealed class CertificateSigningRequestSpec
{
    /// <summary>The request: PKCS#10 in PEM, in base64.</summary>
    [Field(1, Required = true, Always = true)]
    [Immutable]
    public byte[]? Request { get; set; }

    /// <summary>Who should sign.</summary>
    [Field(7, Required = true, Always = true)]
    public string? SignerName { get; set; }

    /// <summary>Seconds the certificate should be valid; the signer may choose otherwise.</summary>
    [Field(8)]
    public int? ExpirationSeconds { get; set; }

    /// <summary>What the key may be used for.</summary>
    [Field(5)]
    [ListType(ListKind.Atomic)]
    [Enum("signing", "digital signature", "content commitment", "key encipherment", "key agreement", "data encipherment", "cert sign", "crl sign", "encipher only", "decipher only", "any", "server auth", "client auth", "code signing", "email protection", "s/mime", "ipsec end system", "ipsec tunnel", "ipsec user", "timestamping", "ocsp signing", "microsoft sgc", "netscape sgc")]
    public List<string>? Usages { get; set; }

    /// <summary>Name of who asks.</summary>
    [Field(2)]
    public string? Username { get; set; }

    /// <summary>Identity of who asks.</summary>
    [Field(3)]
    public string? Uid { get; set; }

    /// <summary>Groups of who asks.</summary>
    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<string>? Groups { get; set; }

    /// <summary>What else the authenticator says of who asks.</summary>
    [Field(6)]
    [Scalar(ScalarForm.WrappedList)]
    public Dictionary<string, List<string>>? Extra { get; set; }
}
