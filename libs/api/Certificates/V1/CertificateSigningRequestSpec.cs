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
    [Enum("any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping")]
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
    public Dictionary<string, List<string>>? Extra { get; set; }
}
