using Grpc.Core;
using Kube.Base;
using Kube.RaftStore.Simulation.Cluster;
using Kube.RaftStore.Simulation.Core;

namespace Kube.RaftStore.Simulation.Clients;

/// <summary>The call never reached a member.</summary>
internal sealed class CallRefusedException() : Exception("connection refused");

/// <summary>No answer came: the member ended, the connection broke, or the client's time was over.</summary>
internal sealed class CallLostException(string why) : Exception(why);

/// <summary>The clients' network: carries calls to a member's services and their answers back.</summary>
internal sealed class ClientCalls(World world, SimulatedCluster cluster)
{
    /// <summary>How often the connection breaks after the request has arrived.</summary>
    private const double BreakChance = 0.005;

    private readonly Prng _prng = world.Prng.Fork();

    public int DelayUs() => _prng.Next(50, 1_500);

    /// <summary>A member that a client may try; often the one that leads.</summary>
    public Member Pick(Prng prng)
    {
        var members = cluster.Addressed;
        return cluster.Leader is { } leader && prng.Chance(0.3) ? leader.Member : members[prng.Next(members.Count)];
    }

    /// <summary>Calls a member's service.</summary>
    /// <exception cref="RpcException">What the service answered.</exception>
    public Task<T> CallAsync<T>(Member member, long timeoutUs, Func<Process, ServerCallContext, Task<T>> call)
    {
        var answer = new TaskCompletionSource<T>();
        var breaks = _prng.Chance(BreakChance);
        world.After(timeoutUs, world.Outside, () => Lose(answer, "deadline exceeded"));
        world.After(DelayUs(), world.Outside, () =>
        {
            if (member.Running is not { Kv: not null } process)
            {
                answer.TrySetException(new CallRefusedException());
                return;
            }

            void Break() => world.After(DelayUs(), world.Outside, () => Lose(answer, "connection broke"));
            var atEnd = process.AtEnd(Break);
            if (breaks)
            {
                Break();
            }

            world.After(0, process.Context, () => _ = ServeAsync(process, call, answer, atEnd));
        });
        return answer.Task;
    }

    private static void Lose<T>(TaskCompletionSource<T> answer, string why)
    {
        if (!answer.Task.IsCompleted)
        {
            answer.TrySetException(new CallLostException(why));
        }
    }

    private async Task ServeAsync<T>(
        Process process, Func<Process, ServerCallContext, Task<T>> call, TaskCompletionSource<T> answer, LinkedListNode<Action> atEnd)
    {
        Action deliver;
        try
        {
            var response = await call(process, new CallContext(CancellationToken.None));
            deliver = () => answer.TrySetResult(response);
        }
        catch (RpcException e)
        {
            deliver = () => answer.TrySetException(e);
        }
        catch (Exception e) when (e is not ProcessCrashedException)
        {
            world.Fail($"a service of member {process.Member.Id} threw {e.GetType().Name}: {e.Message}", e);
            return;
        }

        // On the wire: it arrives whatever becomes of the member.
        Process.Forget(atEnd);
        world.At(process.LocalUs + DelayUs(), world.Outside, deliver);
    }
}
