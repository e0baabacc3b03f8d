using Etcd.V3;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Storage.Etcd;

/// <summary>
/// The store's members and which of them is spoken to. One is, until it fails; then the next. A member that hangs
/// fails by a deadline on each call and by pings on each connection, so no caller waits on it longer than that.
/// Thread-safe.
/// </summary>
internal sealed partial class EtcdMembers : IDisposable
{
    private readonly EtcdMember[] _members;
    private readonly ILogger<EtcdMembers> _logger;
    private int _current;

    public EtcdMembers(IReadOnlyList<Uri> addresses, Func<SocketsHttpHandler> createHandler, TimeProvider time, ILogger<EtcdMembers> logger)
    {
        ArgumentOutOfRangeException.ThrowIfZero(addresses.Count);
        _logger = logger;
        _members = [.. addresses.Select(a => new EtcdMember(a, createHandler(), time))];
    }

    public int Count => _members.Length;

    /// <summary>The member to speak to now.</summary>
    public EtcdMember Current => _members[Volatile.Read(ref _current)];

    /// <summary>A call on a member failed: unless others have moved on already, the next one is spoken to.</summary>
    public void Failed(EtcdMember member, string reason)
    {
        var index = Array.IndexOf(_members, member);
        if (Interlocked.CompareExchange(ref _current, (index + 1) % _members.Length, index) == index)
        {
            LogFailover(member.Address, _members[(index + 1) % _members.Length].Address, reason);
        }
    }

    public void Dispose()
    {
        foreach (var member in _members)
        {
            member.Dispose();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Store member {Member} failed, going to {Next}: {Reason}")]
    private partial void LogFailover(Uri member, Uri next, string reason);
}

/// <summary>One member of the store, with its connection and stubs.</summary>
internal sealed class EtcdMember : IDisposable
{
    private readonly GrpcChannel _channel;

    public EtcdMember(Uri address, SocketsHttpHandler handler, TimeProvider time)
    {
        Address = address;
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
            TimeProvider = time,
        });
        Kv = new KV.KVClient(_channel);
        Watch = new Watch.WatchClient(_channel);
        Lease = new Lease.LeaseClient(_channel);
    }

    public Uri Address { get; }

    public KV.KVClient Kv { get; }

    public Watch.WatchClient Watch { get; }

    public Lease.LeaseClient Lease { get; }

    public void Dispose() => _channel.Dispose();
}
