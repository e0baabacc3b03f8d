namespace Kube.Scheduler.Host.Extenders;

/// <summary>One of a configuration's extenders.</summary>
public sealed record ExtenderOptions
{
    /// <summary>What is said of no time limit.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Where it is; a verb follows after a slash.</summary>
    public required string UrlPrefix { get; init; }

    /// <summary>Empty when it does not filter.</summary>
    public string FilterVerb { get; init; } = string.Empty;

    /// <summary>Empty when it does not score.</summary>
    public string PrioritizeVerb { get; init; } = string.Empty;

    /// <summary>Empty when it has no say on who is ended for another.</summary>
    public string PreemptVerb { get; init; } = string.Empty;

    /// <summary>Empty when it does not bind.</summary>
    public string BindVerb { get; init; } = string.Empty;

    public long Weight { get; init; }

    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>It knows the nodes itself: names are enough.</summary>
    public bool KnowsNodes { get; init; }

    public bool IsIgnorable { get; init; }

    /// <summary>It is asked about pods only that ask for one of these; about all when there are none.</summary>
    public IReadOnlySet<string> ManagedResources { get; init; } = new HashSet<string>();

    public ExtenderTls Tls { get; init; } = new();
}

/// <summary>How an extender is reached over HTTPS. Certificates and keys are PEM; data goes before a file.</summary>
public sealed record ExtenderTls
{
    /// <summary>Any certificate will do.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Name that the certificate must have, where it is not the URL's.</summary>
    public string ServerName { get; init; } = string.Empty;

    public string CertificateFile { get; init; } = string.Empty;

    public string KeyFile { get; init; } = string.Empty;

    public string AuthorityFile { get; init; } = string.Empty;

    public string CertificateData { get; init; } = string.Empty;

    public string KeyData { get; init; } = string.Empty;

    public string AuthorityData { get; init; } = string.Empty;

    public bool HasAuthority => AuthorityFile.Length > 0 || AuthorityData.Length > 0;

    public bool HasCertificate => CertificateFile.Length > 0 || CertificateData.Length > 0;
}
