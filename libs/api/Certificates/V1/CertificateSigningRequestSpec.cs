using Kube.Api.Schema;

namespace Kube.Api.Certificates.V1;

public sealed class CertificateSigningRequestSpec
{
    [Field(1, Required = true, Always = true)]
    [Immutable]
    public byte[]? Request { get; set; }

    [Field(7, Required = true, Always = true)]
    public string? SignerName { get; set; }

    [Field(8)]
    public int? ExpirationSeconds { get; set; }

    [Field(5)]
    [ListType(ListKind.Atomic)]
    [Enum("signing", "digital signature", "content commitment", "key encipherment", "key agreement", "data encipherment", "cert sign", "crl sign", "encipher only", "decipher only", "any", "server auth", "client auth", "code signing", "email protection", "s/mime", "ipsec end system", "ipsec tunnel", "ipsec user", "timestamping", "ocsp signing", "microsoft sgc", "netscape sgc")]
    public List<string>? Usages { get; set; }

    [Field(2)]
    public string? Username { get; set; }

    [Field(3)]
    public string? Uid { get; set; }

    [Field(4)]
    [ListType(ListKind.Atomic)]
    public List<string>? Groups { get; set; }

    [Field(6)]
    [Scalar(ScalarForm.WrappedList)]
    public Dictionary<string, List<string>>? Extra { get; set; }
}
