using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Kube.Client.Config;
using Kube.Client.LeaderElection;
using Kube.Client.Rest;
using Kube.Controllers.Framework;
using Kube.Hosting;

namespace Kube.Controllers.Host;

/// <summary>The flags of <c>kube controllers</c> and how they become options.</summary>
internal sealed class ControllersFlags
{
    private static readonly ControllersOptions _defaults = new();
    private readonly Command _command;
    private readonly Option<string> _kubeconfig;
    private readonly Option<string> _master;
    private readonly Option<string> _bindAddress;
    private readonly Option<int> _securePort;
    private readonly Option<string> _certificateFile;
    private readonly Option<string> _keyFile;
    private readonly Option<string> _clientCaFile;
    private readonly Option<bool> _leaderElect;
    private readonly Option<string> _leaseNamespace;
    private readonly Option<string> _leaseName;
    private readonly Option<TimeSpan> _leaseDuration;
    private readonly Option<TimeSpan> _renewDeadline;
    private readonly Option<TimeSpan> _retryPeriod;
    private readonly Option<string[]> _controllers;
    private readonly Option<int> _deploymentSyncs;
    private readonly Option<int> _replicaSetSyncs;
    private readonly Option<int> _replicationControllerSyncs;
    private readonly Option<int> _namespaceSyncs;
    private readonly Option<int> _garbageCollectorSyncs;
    private readonly Option<int> _endpointSyncs;
    private readonly Option<int> _serviceEndpointSyncs;
    private readonly Option<int> _serviceAccountSyncs;
    private readonly Option<int> _resourceQuotaSyncs;
    private readonly Option<int> _admissionPolicySyncs;
    private readonly Option<TimeSpan> _resourceQuotaSyncPeriod;
    private readonly Option<TimeSpan> _nodeMonitorPeriod;
    private readonly Option<TimeSpan> _nodeGracePeriod;
    private readonly Option<TimeSpan> _nodeStartupGracePeriod;
    private readonly Option<double> _nodeEvictionRate;
    private readonly Option<int> _podGcThreshold;
    private readonly Option<bool> _enableGarbageCollector;
    private readonly Option<string> _rootCaFile;
    private readonly Option<string> _serviceAccountKeyFile;
    private readonly Option<double> _qps;
    private readonly Option<int> _burst;

    public ControllersFlags(Command command)
    {
        _command = command;
        _kubeconfig = Add("--kubeconfig", "Kubeconfig with the API server's address and the credentials for it.", "");
        _master = Add("--master", "Address of the API server; overrides the kubeconfig's.", "");
        _bindAddress = Add("--bind-address", "Address to serve health and metrics on.", "0.0.0.0");
        _securePort = Add("--secure-port", "Port to serve health and metrics on by HTTPS; 0 to serve none.", 10257);
        _certificateFile = Add("--tls-cert-file", "Serving certificate, PEM.", "");
        _keyFile = Add("--tls-private-key-file", "Key of the serving certificate, PEM.", "");
        _clientCaFile = Add("--client-ca-file", "Authorities whose client certificates may read metrics.", "");
        _leaderElect = Add("--leader-elect", "Run only while leading.", true);
        _leaseNamespace = Add("--leader-elect-resource-namespace", "Namespace of the lease.", "kube-system");
        _leaseName = Add("--leader-elect-resource-name", "Name of the lease.", "kube-controller-manager");
        _leaseDuration = AddDuration("--leader-elect-lease-duration", "How long others wait for a leader that is silent.", TimeSpan.FromSeconds(15));
        _renewDeadline = AddDuration("--leader-elect-renew-deadline", "How long a leader tries to renew before it gives up.", TimeSpan.FromSeconds(10));
        _retryPeriod = AddDuration("--leader-elect-retry-period", "Time between two tries to acquire or renew.", TimeSpan.FromSeconds(2));
        _controllers = Add<string[]>("--controllers", "Controllers to run: '*' for the usual ones, 'foo' to add one, '-foo' to leave one out. All: " + string.Join(", ", ControllerCatalog.Names), ["*"]);
        _deploymentSyncs = Add("--concurrent-deployment-syncs", "Deployments handled at a time.", _defaults.ConcurrentDeploymentSyncs);
        _replicaSetSyncs = Add("--concurrent-replicaset-syncs", "Replica sets handled at a time.", _defaults.ConcurrentReplicaSetSyncs);
        _replicationControllerSyncs = Add("--concurrent-rc-syncs", "Replication controllers handled at a time.", _defaults.ConcurrentReplicationControllerSyncs);
        _namespaceSyncs = Add("--concurrent-namespace-syncs", "Namespaces handled at a time.", _defaults.ConcurrentNamespaceSyncs);
        _garbageCollectorSyncs = Add("--concurrent-gc-syncs", "Objects that the garbage collector handles at a time.", _defaults.ConcurrentGarbageCollectorSyncs);
        _endpointSyncs = Add("--concurrent-endpoint-syncs", "Endpoints handled at a time.", _defaults.ConcurrentEndpointSyncs);
        _serviceEndpointSyncs = Add("--concurrent-service-endpoint-syncs", "Services whose endpoint slices are handled at a time.", _defaults.ConcurrentServiceEndpointSyncs);
        _serviceAccountSyncs = Add("--concurrent-serviceaccount-token-syncs", "Service accounts handled at a time.", _defaults.ConcurrentServiceAccountSyncs);
        _resourceQuotaSyncs = Add("--concurrent-resource-quota-syncs", "Resource quotas handled at a time.", _defaults.ConcurrentResourceQuotaSyncs);
        _admissionPolicySyncs = Add("--concurrent-validating-admission-policy-status-syncs", "Validating admission policies handled at a time.", _defaults.ConcurrentAdmissionPolicySyncs);
        _resourceQuotaSyncPeriod = AddDuration("--resource-quota-sync-period", "How often all resource quotas are counted anew.", _defaults.ResourceQuotaSyncPeriod);
        _nodeMonitorPeriod = AddDuration("--node-monitor-period", "How often node health is looked at.", _defaults.NodeMonitorPeriod);
        _nodeGracePeriod = AddDuration("--node-monitor-grace-period", "How long a node may be silent before it is unhealthy.", _defaults.NodeMonitorGracePeriod);
        _nodeStartupGracePeriod = AddDuration("--node-startup-grace-period", "How long a new node may take to report.", _defaults.NodeStartupGracePeriod);
        _nodeEvictionRate = Add("--node-eviction-rate", "Nodes a second that may be tainted for eviction.", _defaults.NodeEvictionRate);
        _podGcThreshold = Add("--terminated-pod-gc-threshold", "Terminated pods kept before the oldest are deleted; 0 to keep all.", _defaults.TerminatedPodGcThreshold);
        _enableGarbageCollector = Add("--enable-garbage-collector", "Collect objects whose owners are gone.", _defaults.EnableGarbageCollector);
        _rootCaFile = Add("--root-ca-file", "Authority published to every namespace as config map kube-root-ca.crt.", "");
        _serviceAccountKeyFile = Add("--service-account-private-key-file", "Key of service account tokens, PEM; checked to be readable. Tokens are issued by the API server.", "");
        _qps = Add("--kube-api-qps", "Requests a second to the API server; 0 for no limit.", 0d);
        _burst = Add("--kube-api-burst", "Requests at once to the API server, with --kube-api-qps.", 30);
    }

    /// <summary>Throws <see cref="StartupException"/> for a value or file that will not do.</summary>
    public ControllersHostOptions Read(ParseResult parsed)
    {
        var securePort = parsed.GetValue(_securePort);
        CheckKeyFile(parsed.GetValue(_serviceAccountKeyFile)!);
        return new ControllersHostOptions
        {
            Client = ReadClient(parsed),
            Controllers = ReadControllers(parsed),
            LeaderElection = parsed.GetValue(_leaderElect) ? ReadLeaderElection(parsed) : null,
            Endpoint = securePort == 0 ? null : new IPEndPoint(ReadAddress(parsed), securePort),
            Certificate = securePort == 0 ? null : ReadCertificate(parsed),
            ClientAuthorities = parsed.GetValue(_clientCaFile) is { Length: > 0 } file ? ServingCertificate.LoadAuthorities(file) : null,
            Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)),
        };
    }

    private KubeClientOptions ReadClient(ParseResult parsed)
    {
        if (parsed.GetValue(_kubeconfig) is not { Length: > 0 } file)
        {
            throw new StartupException("--kubeconfig is needed");
        }

        try
        {
            var options = KubeConfig.Load(file).ToOptions() with
            {
                UserAgent = "kube-controller-manager",
                Qps = parsed.GetValue(_qps),
                Burst = parsed.GetValue(_burst),
            };
            return parsed.GetValue(_master) is { Length: > 0 } master ? options with { Server = new Uri(master) } : options;
        }
        catch (Exception e) when (e is KubeConfigException or UriFormatException)
        {
            throw new StartupException(e.Message, e);
        }
    }

    private ControllersOptions ReadControllers(ParseResult parsed)
    {
        var rootCa = parsed.GetValue(_rootCaFile)!;
        if (rootCa.Length > 0)
        {
            ServingCertificate.LoadAuthorities(rootCa);
        }

        return new ControllersOptions
        {
            Controllers = [.. parsed.GetValue(_controllers)!.SelectMany(static names => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            ConcurrentDeploymentSyncs = parsed.GetValue(_deploymentSyncs),
            ConcurrentReplicaSetSyncs = parsed.GetValue(_replicaSetSyncs),
            ConcurrentReplicationControllerSyncs = parsed.GetValue(_replicationControllerSyncs),
            ConcurrentNamespaceSyncs = parsed.GetValue(_namespaceSyncs),
            ConcurrentGarbageCollectorSyncs = parsed.GetValue(_garbageCollectorSyncs),
            ConcurrentEndpointSyncs = parsed.GetValue(_endpointSyncs),
            ConcurrentServiceEndpointSyncs = parsed.GetValue(_serviceEndpointSyncs),
            ConcurrentServiceAccountSyncs = parsed.GetValue(_serviceAccountSyncs),
            ConcurrentResourceQuotaSyncs = parsed.GetValue(_resourceQuotaSyncs),
            ConcurrentAdmissionPolicySyncs = parsed.GetValue(_admissionPolicySyncs),
            ResourceQuotaSyncPeriod = parsed.GetValue(_resourceQuotaSyncPeriod),
            NodeMonitorPeriod = parsed.GetValue(_nodeMonitorPeriod),
            NodeMonitorGracePeriod = parsed.GetValue(_nodeGracePeriod),
            NodeStartupGracePeriod = parsed.GetValue(_nodeStartupGracePeriod),
            NodeEvictionRate = parsed.GetValue(_nodeEvictionRate),
            TerminatedPodGcThreshold = parsed.GetValue(_podGcThreshold),
            EnableGarbageCollector = parsed.GetValue(_enableGarbageCollector),
            RootCaFile = rootCa,
        };
    }

    private LeaderElectionOptions ReadLeaderElection(ParseResult parsed) => new()
    {
        Namespace = parsed.GetValue(_leaseNamespace)!,
        Name = parsed.GetValue(_leaseName)!,
        Identity = $"{Environment.MachineName}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}",
        LeaseDuration = parsed.GetValue(_leaseDuration),
        RenewDeadline = parsed.GetValue(_renewDeadline),
        RetryPeriod = parsed.GetValue(_retryPeriod),
    };

    private IPAddress ReadAddress(ParseResult parsed) =>
        IPAddress.TryParse(parsed.GetValue(_bindAddress), out var address)
            ? address
            : throw new StartupException($"--bind-address: \"{parsed.GetValue(_bindAddress)}\" is not an IP address");

    private System.Security.Cryptography.X509Certificates.X509Certificate2 ReadCertificate(ParseResult parsed)
    {
        var certificate = parsed.GetValue(_certificateFile)!;
        var key = parsed.GetValue(_keyFile)!;
        return certificate.Length > 0 && key.Length > 0
            ? ServingCertificate.Load(certificate, key)
            : throw new StartupException("--tls-cert-file and --tls-private-key-file are needed, or --secure-port 0");
    }

    private static void CheckKeyFile(string file)
    {
        if (file.Length == 0)
        {
            return;
        }

        try
        {
            File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--service-account-private-key-file: {e.Message}", e);
        }
    }

    private Option<T> Add<T>(string name, string description, T value)
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => value };
        _command.Options.Add(option);
        return option;
    }

    /// <summary>A duration as Go writes it: 40s, 5m0s, 1.5h, 300ms.</summary>
    private Option<TimeSpan> AddDuration(string name, string description, TimeSpan value)
    {
        var option = new Option<TimeSpan>(name)
        {
            Description = description + $" Default {value.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s.",
            DefaultValueFactory = _ => value,
            CustomParser = result =>
            {
                if (GoDuration.TryParse(result.Tokens[0].Value, out var parsed))
                {
                    return parsed;
                }

                result.AddError($"{name}: \"{result.Tokens[0].Value}\" is not a duration such as 40s");
                return default;
            },
        };
        _command.Options.Add(option);
        return option;
    }
}
