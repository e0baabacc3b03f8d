using Grpc.Core;
using Kube.RaftStore.Server;
using Kube.Store.V1;
using Microsoft.Extensions.Logging;

namespace Kube.RaftStore.Host;

/// <summary>Tells the cluster this member's name and client URLs, and who began it, once there is a leader to tell it through.</summary>
internal sealed partial class MemberPublisher(StoreServer server, StoreOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromMilliseconds(500);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var command = new Command { Member = new MemberAttributes { Id = server.Options.MemberId, Name = options.Name } };
        command.Member.ClientUrls.AddRange(options.AdvertiseClientUrls);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await server.OwnReadBarrierAsync(cancellationToken).ConfigureAwait(false);
                if (!server.Machine.Members.IsComplete && server.Options.IsFounder)
                {
                    await server.ProposeAsync<MemberBootstrap>(Founders(), cancellationToken).ConfigureAwait(false);
                }
                if (!IsPublished())
                {
                    await server.ProposeAsync<MemberAttributes>(command, cancellationToken).ConfigureAwait(false);
                }
                LogPublished(options.Name, server.Options.MemberId);
                return;
            }
            catch (RpcException e)
            {
                LogRetry(e.Status.Detail);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(s_retryAfter, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Who began the cluster. Each founder has the same from its configuration; the log takes the first.</summary>
    private Command Founders()
    {
        var bootstrap = new MemberBootstrap();
        foreach (var member in server.Options.Members)
        {
            var founder = new MemberBootstrap.Types.Founder { Id = member.Id, Name = member.Name };
            founder.PeerUrls.AddRange(member.PeerUrls);
            bootstrap.Founders.Add(founder);
        }
        return new Command { MemberBootstrap = bootstrap };
    }

    private bool IsPublished() => server.Machine.Members.All.TryGetValue(server.Options.MemberId, out var known)
        && known.Name == options.Name
        && known.ClientUrls.SequenceEqual(options.AdvertiseClientUrls);

    [LoggerMessage(Level = LogLevel.Information, Message = "member {Name} ({MemberId:x}) is ready to serve client requests")]
    private partial void LogPublished(string name, ulong memberId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "cannot publish this member yet: {Reason}")]
    private partial void LogRetry(string reason);
}
