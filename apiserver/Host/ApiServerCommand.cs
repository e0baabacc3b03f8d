using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Kube.Hosting;

namespace Kube.ApiServer.Host;

/// <summary>kube apiserver: kube-apiserver's flags, as far as this server has what they set.</summary>
public static class ApiServerCommand
{
    private static readonly Option<int> SecurePort = new("--secure-port") { Description = "Port of HTTPS.", DefaultValueFactory = _ => 6443 };
    private static readonly Option<string> BindAddress = new("--bind-address") { Description = "Address to listen on.", DefaultValueFactory = _ => "0.0.0.0" };
    private static readonly Option<string?> AdvertiseAddress = new("--advertise-address") { Description = "Address at which members of the cluster reach this server; the bind address unless given." };
    private static readonly Option<string[]> EtcdServers = List("--etcd-servers", "Client addresses of the store's members, comma separated.", required: true);
    private static readonly Option<string?> EtcdCaFile = new("--etcd-cafile") { Description = "CA of the store's certificates." };
    private static readonly Option<string?> EtcdCertFile = new("--etcd-certfile") { Description = "Client certificate shown to the store." };
    private static readonly Option<string?> EtcdKeyFile = new("--etcd-keyfile") { Description = "Key of the client certificate shown to the store." };
    private static readonly Option<TimeSpan> EtcdCompactionInterval = Duration("--etcd-compaction-interval", "How often the store's history is compacted; 0 for never.", TimeSpan.FromMinutes(5));
    private static readonly Option<string?> ClientCaFile = new("--client-ca-file") { Description = "CA of client certificates; the common name is the user, organisations are groups." };
    private static readonly Option<string> TlsCertFile = new("--tls-cert-file") { Description = "Certificate of HTTPS.", Required = true };
    private static readonly Option<string> TlsPrivateKeyFile = new("--tls-private-key-file") { Description = "Key of the certificate of HTTPS.", Required = true };
    private static readonly Option<string?> KubeletCa = new("--kubelet-certificate-authority") { Description = "CA of the kubelets' serving certificates." };
    private static readonly Option<string?> KubeletCert = new("--kubelet-client-certificate") { Description = "Client certificate shown to kubelets." };
    private static readonly Option<string?> KubeletKey = new("--kubelet-client-key") { Description = "Key of the client certificate shown to kubelets." };
    private static readonly Option<string[]> ServiceAccountKeyFile = List("--service-account-key-file", "Public keys that check service account tokens.", required: false);
    private static readonly Option<string?> ServiceAccountSigningKeyFile = new("--service-account-signing-key-file") { Description = "Private key that signs service account tokens." };
    private static readonly Option<string?> ServiceAccountIssuer = new("--service-account-issuer") { Description = "Issuer of service account tokens." };
    private static readonly Option<string?> ServiceAccountJwksUri = new("--service-account-jwks-uri") { Description = "Where the keys of service account tokens are published, when not here." };
    private static readonly Option<string[]> ApiAudiences = List("--api-audiences", "Audiences that tokens for this API may have; the issuer unless given.", required: false);
    private static readonly Option<string> ServiceRange = new("--service-cluster-ip-range") { Description = "CIDR range of service addresses.", DefaultValueFactory = _ => "10.96.0.0/16" };
    private static readonly Option<string[]> AuthorizationMode = List("--authorization-mode", "AlwaysAllow, Node and RBAC, comma separated, in the order in which they are asked.", required: false);
    private static readonly Option<string?> AuditLogPath = new("--audit-log-path") { Description = "File of the audit log; '-' is standard output; none unless given." };
    private static readonly Option<bool> AnonymousAuth = new("--anonymous-auth") { Description = "Let requests without credentials go on as system:anonymous.", DefaultValueFactory = _ => true };
    private static readonly Option<int> MaxInflight = new("--max-requests-inflight") { Description = "With --max-mutating-requests-inflight the requests worked on at once, which priority and fairness divides.", DefaultValueFactory = _ => 400 };
    private static readonly Option<int> MaxMutating = new("--max-mutating-requests-inflight") { Description = "With --max-requests-inflight the requests worked on at once, which priority and fairness divides.", DefaultValueFactory = _ => 200 };
    private static readonly Option<TimeSpan> RequestTimeout = Duration("--request-timeout", "Time limit of a request that is not a watch or its like.", TimeSpan.FromMinutes(1));
    private static readonly Option<TimeSpan> EventTtl = Duration("--event-ttl", "How long events are kept.", TimeSpan.FromHours(1));

    public static Command Create()
    {
        var command = new Command("apiserver", "Serve the Kubernetes API over the replicated store.")
        {
            SecurePort, BindAddress, AdvertiseAddress, EtcdServers, EtcdCaFile, EtcdCertFile, EtcdKeyFile, EtcdCompactionInterval, ClientCaFile,
            TlsCertFile, TlsPrivateKeyFile, KubeletCa, KubeletCert, KubeletKey, ServiceAccountKeyFile, ServiceAccountSigningKeyFile,
            ServiceAccountIssuer, ServiceAccountJwksUri, ApiAudiences, ServiceRange, AuthorizationMode, AuditLogPath, AnonymousAuth, MaxInflight, MaxMutating,
            RequestTimeout, EventTtl,
        };
        var logging = new LoggingOptions(command);
        var tracing = new TracingOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            using var traces = tracing.Start("apiserver", parsed);
            var loggers = logging.Create(parsed);
            return await ComponentRunner.RunAsync(
                "apiserver",
                loggers,
                async cancellationToken => await ApiServerHost.StartAsync(Read(parsed), loggers, TimeProvider.System, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        });
        return command;
    }

    private static ApiServerOptions Read(ParseResult parsed) => new()
    {
        Endpoint = new IPEndPoint(Address(parsed.GetRequiredValue(BindAddress), BindAddress.Name), parsed.GetRequiredValue(SecurePort)),
        AdvertiseAddress = parsed.GetValue(AdvertiseAddress) is { } address ? Address(address, AdvertiseAddress.Name) : null,
        EtcdServers = [.. Split(parsed.GetRequiredValue(EtcdServers)).Select(Server)],
        EtcdCaFile = parsed.GetValue(EtcdCaFile),
        EtcdCertFile = parsed.GetValue(EtcdCertFile),
        EtcdKeyFile = parsed.GetValue(EtcdKeyFile),
        EtcdCompactionInterval = parsed.GetRequiredValue(EtcdCompactionInterval),
        ClientCaFile = parsed.GetValue(ClientCaFile),
        TlsCertFile = parsed.GetRequiredValue(TlsCertFile),
        TlsPrivateKeyFile = parsed.GetRequiredValue(TlsPrivateKeyFile),
        KubeletCertificateAuthority = parsed.GetValue(KubeletCa),
        KubeletClientCertificate = parsed.GetValue(KubeletCert),
        KubeletClientKey = parsed.GetValue(KubeletKey),
        ServiceAccountKeyFiles = Split(parsed.GetValue(ServiceAccountKeyFile)),
        ServiceAccountSigningKeyFile = parsed.GetValue(ServiceAccountSigningKeyFile),
        ServiceAccountIssuer = parsed.GetValue(ServiceAccountIssuer),
        ServiceAccountJwksUri = parsed.GetValue(ServiceAccountJwksUri),
        ApiAudiences = Split(parsed.GetValue(ApiAudiences)),
        ServiceClusterIpRange = parsed.GetRequiredValue(ServiceRange),
        AuthorizationModes = Split(parsed.GetValue(AuthorizationMode)) is { Count: > 0 } modes ? modes : ["AlwaysAllow"],
        AuditLogPath = parsed.GetValue(AuditLogPath),
        AnonymousAuth = parsed.GetRequiredValue(AnonymousAuth),
        MaxRequestsInflight = parsed.GetRequiredValue(MaxInflight),
        MaxMutatingRequestsInflight = parsed.GetRequiredValue(MaxMutating),
        RequestTimeout = parsed.GetRequiredValue(RequestTimeout),
        EventTtl = parsed.GetRequiredValue(EventTtl),
    };

    private static Option<string[]> List(string name, string description, bool required) =>
        new(name) { Description = description, Required = required, AllowMultipleArgumentsPerToken = false };

    private static Option<TimeSpan> Duration(string name, string description, TimeSpan value) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result => ParseDuration(result, name),
    };

    /// <summary>A duration as Go writes it: 1h30m, 90s, 500ms, 0.</summary>
    private static TimeSpan ParseDuration(ArgumentResult result, string name)
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
        var total = TimeSpan.Zero;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (rest is "0")
            {
                return total;
            }

            var unitLength = digits <= 0 ? 0 : rest[digits..].IndexOfAny("0123456789.") is >= 0 and var next ? next : rest.Length - digits;
            if (unitLength == 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || Unit(rest.Slice(digits, unitLength)) is not { } unit)
            {
                result.AddError($"{name}: '{text}' is not a duration such as 1h or 30s");
                return total;
            }

            total += number * unit;
            rest = rest[(digits + unitLength)..];
        }

        return total;
    }

    private static TimeSpan? Unit(ReadOnlySpan<char> unit) => unit switch
    {
        "h" => TimeSpan.FromHours(1),
        "m" => TimeSpan.FromMinutes(1),
        "s" => TimeSpan.FromSeconds(1),
        "ms" => TimeSpan.FromMilliseconds(1),
        _ => null,
    };

    private static IReadOnlyList<string> Split(string[]? values) =>
        [.. (values ?? []).SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static IPAddress Address(string text, string flag) =>
        IPAddress.TryParse(text, out var address) ? address : throw new StartupException($"{flag}: '{text}' is not an IP address");

    private static Uri Server(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new StartupException($"--etcd-servers: '{text}' is not an address such as https://127.0.0.1:2379");
}
