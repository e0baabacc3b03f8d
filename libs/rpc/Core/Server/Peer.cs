using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Kube.Rpc.Server;

/// <summary>What a connection says about the client.</summary>
internal static class Peer
{
    private const string CommonName = "x509_common_name";
    private const string AlternativeName = "x509_subject_alternative_name";
    private const string PemCertificate = "x509_pem_cert";

    /// <summary>The address as gRPC writes it.</summary>
    public static string Address(ConnectionInfo connection)
    {
        var address = connection.RemoteIpAddress;
        if (address is null)
        {
            return "unix:";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetwork
            ? $"ipv4:{address}:{connection.RemotePort}"
            : $"ipv6:[{address}]:{connection.RemotePort}";
    }

    /// <summary>The identity that the client's certificate proves; the TLS layer has verified it.</summary>
    public static AuthContext Authentication(ConnectionInfo connection)
    {
        var properties = new Dictionary<string, List<AuthProperty>>();
        if (connection.ClientCertificate is not { } certificate)
        {
            return new AuthContext(null, properties);
        }

        properties["transport_security_type"] = [Property("transport_security_type", "ssl")];
        properties[PemCertificate] = [Property(PemCertificate, certificate.ExportCertificatePem())];
        string? identity = null;
        if (certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } name)
        {
            properties[CommonName] = [Property(CommonName, name)];
            identity = CommonName;
        }

        var alternatives = AlternativeNames(certificate).Select(value => Property(AlternativeName, value)).ToList();
        if (alternatives.Count > 0)
        {
            properties[AlternativeName] = alternatives;
            identity = AlternativeName;
        }

        return new AuthContext(identity, properties);
    }

    private static IEnumerable<string> AlternativeNames(X509Certificate2 certificate)
    {
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            foreach (var name in extension.EnumerateDnsNames())
            {
                yield return name;
            }

            foreach (IPAddress address in extension.EnumerateIPAddresses())
            {
                yield return address.ToString();
            }
        }
    }

    private static AuthProperty Property(string name, string value) =>
        AuthProperty.Create(name, Encoding.UTF8.GetBytes(value));
}
