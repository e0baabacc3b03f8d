using Etcd.V3;
using Grpc.Core;
using Kube.Base;
using Kube.RaftStore.Simulation.Core;
using Kube.RaftStore.Simulation.Runs;
using Kube.Robustness.Checking;

namespace Kube.RaftStore.Simulation.Clients;

/// <summary>One client that lives by leases: grants one, hangs keys on it, keeps it alive for a while, then revokes it or lets it run out.</summary>
internal sealed class LeaseClient(int number, World world, ClientCalls calls, History history, SwarmOptions options)
{
    private const long TimeoutUs = 8_000_000;
    private readonly Prng _prng = world.Prng.Fork();
    private int _values;
    private int _operations;

    public async Task RunAsync(Func<bool> isOver)
    {
        while (!isOver() && _operations < options.MaxOperations)
        {
            if (await GrantAsync() is { } lease)
            {
                await LiveAsync(lease.Id, lease.Ttl, isOver);
            }

            await world.Delay(_prng.Next(1_000, options.ThinkMs * 4_000));
        }
    }

    private async Task LiveAsync(long lease, TimeSpan ttl, Func<bool> isOver)
    {
        for (var keys = _prng.Next(1, 3); keys > 0; keys--)
        {
            await PutAsync(lease);
        }

        for (var renewals = _prng.Next(0, 5); renewals > 0 && !isOver() && _operations < options.MaxOperations; renewals--)
        {
            var part = options.LateRenewalChance > 0 && _prng.Chance(options.LateRenewalChance)
                ? 0.98 + (_prng.NextDouble() * 0.15)
                : 0.2 + (_prng.NextDouble() * 0.7);
            await world.Delay((long)(ttl.TotalMicroseconds * part));
            if (_prng.Chance(0.2))
            {
                await PutAsync(lease);
            }

            await KeepAliveAsync(lease);
        }

        if (_prng.Chance(0.3))
        {
            await RevokeAsync(lease);
        }
    }

    private async Task<(long Id, TimeSpan Ttl)?> GrantAsync()
    {
        var ttl = TimeSpan.FromSeconds(_prng.Next(1, 5));
        var request = new LeaseGrantRequest { TTL = (long)ttl.TotalSeconds };
        LeaseGrantResult? granted = null;
        await DoAsync(new LeaseGrantOp(0, ttl), async member =>
        {
            var response = await calls.CallAsync(member, TimeoutUs, (p, context) => p.Leases.LeaseGrant(request, context));
            return granted = new LeaseGrantResult(response.Header.Revision, response.ID, TimeSpan.FromSeconds(response.TTL));
        });
        return granted is null ? null : (granted.Id, granted.Ttl);
    }

    private Task PutAsync(long lease)
    {
        var put = new PutOp($"k{_prng.Next(options.Keys)}", $"l{number}-{++_values}", lease);
        return DoAsync(put, async member => new PutResult(
            (await calls.CallAsync(member, TimeoutUs, (p, context) => p.Kv.Put(Wire.ToPut(put), context))).Header.Revision));
    }

    private Task KeepAliveAsync(long lease) => DoAsync(new LeaseKeepAliveOp(lease), async member =>
    {
        var response = await calls.CallAsync(member, TimeoutUs, (p, context) => KeepAliveAsync(p, lease, context));
        return new LeaseKeepAliveResult(response.Header.Revision, TimeSpan.FromSeconds(response.TTL));
    });

    private Task RevokeAsync(long lease) => DoAsync(new LeaseRevokeOp(lease), async member =>
    {
        var request = new LeaseRevokeRequest { ID = lease };
        return new LeaseRevokeResult((await calls.CallAsync(member, TimeoutUs, (p, context) => p.Leases.LeaseRevoke(request, context))).Header.Revision);
    });

    /// <summary>One renewal on a stream of its own.</summary>
    private static async Task<LeaseKeepAliveResponse> KeepAliveAsync(Process process, long lease, ServerCallContext context)
    {
        var answers = new CollectingWriter<LeaseKeepAliveResponse>();
        await process.Leases.LeaseKeepAlive(new ListReader<LeaseKeepAliveRequest>(new LeaseKeepAliveRequest { ID = lease }), answers, context);
        return answers.Messages.Single();
    }

    private async Task DoAsync(KvOp op, Func<Cluster.Member, Task<KvResult>> send)
    {
        _operations++;
        var operation = history.Begin(number, op, world.Now);
        try
        {
            operation.Complete(await send(calls.Pick(_prng)), world.Now);
        }
        catch (Exception e) when (e is not SimulationException)
        {
            if (Wire.IsRefusal(e, out var why))
            {
                operation.Refuse(why, world.Now);
            }
            else
            {
                operation.Lose(world.Now);
            }
        }
    }

    private sealed class ListReader<T>(params T[] messages) : IAsyncStreamReader<T>
    {
        private int _next = -1;

        public T Current => messages[_next];

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(++_next < messages.Length);
    }

    private sealed class CollectingWriter<T> : IServerStreamWriter<T>
    {
        public List<T> Messages { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(T message)
        {
            Messages.Add(message);
            return Task.CompletedTask;
        }
    }
}
