using System.Globalization;
using Etcd.V3;
using Google.Protobuf;
using Grpc.Core;
using Kube.RaftStore.Apply;
using Kube.RaftStore.Apply.Access;

namespace Kube.RaftStore.Server.Access;

/// <summary>
/// Who asks, and whether he may: by the token of a log-in, or by the common name of a client certificate. While
/// authentication is off nobody is asked anything. Thread-safe.
/// </summary>
public sealed class AccessControl
{
    private readonly StoreServer _server;
    private readonly TokenTable _tokens;

    internal AccessControl(StoreServer server, TimeProvider time)
    {
        _server = server;
        _tokens = new TokenTable(time, server.Options.AuthTokenTimeToLive);
        server.Machine.TokensChanged += _tokens.Apply;
    }

    private AuthTable Auth => _server.Machine.Auth;

    /// <summary>Who makes a call; <see cref="Caller.None"/> when he does not say, or nobody is asked.</summary>
    /// <exception cref="RpcException">His token is not known.</exception>
    public ValueTask<Caller> IdentifyAsync(ServerCallContext context)
        => Auth.IsEnabled ? IdentifyKnownAsync(context) : ValueTask.FromResult(Caller.None);

    /// <summary>Refuses a caller who may not read a range of keys.</summary>
    /// <exception cref="RpcException">In etcd's words.</exception>
    public async ValueTask<Caller> RequireReadAsync(ServerCallContext context, ByteString key, ByteString rangeEnd)
    {
        var caller = await IdentifyAsync(context);
        Require(Auth.CheckRead(caller, key, rangeEnd));
        return caller;
    }

    /// <summary>Refuses a caller who may not do all of a transaction.</summary>
    /// <exception cref="RpcException">In etcd's words.</exception>
    public async ValueTask<Caller> RequireAsync(ServerCallContext context, TxnRequest request)
    {
        var caller = await IdentifyAsync(context);
        Require(Auth.CheckTxn(caller, request));
        return caller;
    }

    /// <summary>Refuses a caller who may not read all of some keys.</summary>
    /// <exception cref="RpcException">In etcd's words.</exception>
    public async ValueTask<Caller> RequireReadAsync(ServerCallContext context, IReadOnlyList<byte[]> keys)
    {
        var caller = await IdentifyAsync(context);
        if (Auth.IsEnabled)
        {
            Require(caller.AuthRevision == 0 ? EtcdError.UserEmpty : Auth.CheckKeys(caller, keys, isWrite: false));
        }
        return caller;
    }

    /// <summary>Refuses a caller who is not root.</summary>
    /// <exception cref="RpcException">In etcd's words.</exception>
    public async ValueTask<Caller> RequireAdminAsync(ServerCallContext context)
    {
        var caller = await IdentifyAsync(context);
        Require(Auth.CheckAdmin(caller));
        return caller;
    }

    /// <summary>Refuses an answer that was read while permissions changed.</summary>
    /// <exception cref="RpcException">In etcd's words.</exception>
    public void RequireUnchanged(Caller caller)
        => Require(caller.AuthRevision != 0 && caller.AuthRevision != Auth.Current.Revision ? EtcdError.AuthOldRevision : null);

    internal static void Require(EtcdError? error)
    {
        if (error is not null)
        {
            throw StoreServer.Refuse(error);
        }
    }

    private async ValueTask<Caller> IdentifyKnownAsync(ServerCallContext context)
    {
        var revision = Auth.Current.Revision;
        if ((context.RequestHeaders.GetValue("token") ?? context.RequestHeaders.GetValue("authorization")) is { } token)
        {
            if (_server.Options.Jwt is { } jwt)
            {
                return await jwt.VerifyAsync(token) ?? throw StoreServer.Refuse(EtcdError.InvalidAuthToken);
            }
            var user = _tokens.UserOf(token) ?? await CatchUpAsync(token, context.CancellationToken);
            return user is null ? throw StoreServer.Refuse(EtcdError.InvalidAuthToken) : new Caller(user, revision);
        }
        if (_server.Options.KnowsClientsByCertificate)
        {
            foreach (var name in context.AuthContext.FindPropertiesByName("x509_common_name"))
            {
                return new Caller(name.Value, revision);
            }
        }
        return Caller.None;
    }

    /// <summary>A token that another member gave may stand in the log where this one has not yet come to.</summary>
    private async ValueTask<string?> CatchUpAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Split('.') is not [_, var number]
            || !ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || index <= _server.Machine.AppliedIndex)
        {
            return null;
        }
        await _server.ReadBarrierAsync(cancellationToken);
        return _tokens.UserOf(token);
    }
}
