namespace Kube.Controllers.Framework;

/// <summary>What controllers share: the client, informers over all namespaces, the clock, the logs.</summary>
public sealed class ControllerContext(KubeClient client, SharedInformerFactory informers, ILoggerFactory loggers, ulong seed)
{
    private readonly Lock _lock = new();
    private readonly Prng _prng = new(seed);

    public KubeClient Client => client;

    public SharedInformerFactory Informers => informers;

    public ILoggerFactory Loggers => loggers;

    public TimeProvider Time => client.Time;

    /// <summary>A random name suffix or number is drawn from a generator of the caller's own.</summary>
    public Prng NewPrng()
    {
        lock (_lock)
        {
            return _prng.Fork();
        }
    }
}
