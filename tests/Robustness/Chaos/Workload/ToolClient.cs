using System.Text;
using System.Text.Json;
using Kube.Robustness.Checking;
using Kube.Testing;

namespace Kube.Robustness.Chaos.Workload;

/// <summary>The real etcdctl, run once for each operation.</summary>
internal sealed class ToolClient(Session session) : IClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(12);

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var key = KeySpaceLayout.Tool + session.Random.Next(3);
            if (session.Random.Chance(0.5))
            {
                var put = new PutOp(key, session.Recorder.Keys.NextValue(session.Client));
                await DoAsync(WorkKind.Write, put, ["put", key, put.Value], answer => new PutResult(Revision(answer)), ct);
            }
            else
            {
                await DoAsync(WorkKind.Read, new RangeOp(KeySpan.Single(key)), ["get", key], Range, ct);
            }

            await session.PauseAsync(500, ct);
        }
    }

    public void Dispose() => session.Dispose();

    private async Task DoAsync(WorkKind kind, KvOp op, string[] arguments, Func<JsonElement, KvResult> result, CancellationToken ct)
    {
        var recorder = session.Recorder;
        var operation = recorder.History.Begin(session.Client, op, recorder.Clock.Now);
        try
        {
            var run = await Command.RunAsync("etcdctl", [.. arguments, .. Flags()], environment: new Dictionary<string, string> { ["ETCDCTL_API"] = "3" }, limit: Limit);
            if (run.ExitCode == 0)
            {
                using var answer = JsonDocument.Parse(run.Output);
                operation.Complete(result(answer.RootElement), recorder.Clock.Now);
                return;
            }
        }
        catch (TimeoutException)
        {
            await session.PauseAsync(100, ct);
        }
        finally
        {
            if (operation.Outcome == Outcome.Unknown)
            {
                operation.Lose(recorder.Clock.Now);
            }

            recorder.Ledger.Add(new LedgerEntry(kind, operation.Invoked, recorder.Clock.Now, operation.Outcome));
        }
    }

    private string[] Flags()
    {
        var pki = session.Recorder.Cluster.Pki;
        return
        [
            "-w", "json", "--dial-timeout", "2s", "--command-timeout", "5s",
            "--endpoints", string.Join(',', session.Recorder.Cluster.Endpoints.Select(member => member.ClientUrl)),
            "--cacert", pki.AuthorityFile, "--cert", pki.ClientCertificateFile, "--key", pki.ClientKeyFile,
        ];
    }

    private static long Revision(JsonElement answer) => answer.GetProperty("header").GetProperty("revision").GetInt64();

    private static RangeResult Range(JsonElement answer)
    {
        KeyValue[] pairs = answer.TryGetProperty("kvs", out var kvs) ? [.. kvs.EnumerateArray().Select(Pair)] : [];
        return new RangeResult(Revision(answer), pairs, pairs.Length);
    }

    private static KeyValue Pair(JsonElement pair) => new(
        Encoding.UTF8.GetString(pair.GetProperty("key").GetBytesFromBase64()),
        Encoding.UTF8.GetString(pair.GetProperty("value").GetBytesFromBase64()),
        pair.GetProperty("create_revision").GetInt64(),
        pair.GetProperty("mod_revision").GetInt64(),
        pair.GetProperty("version").GetInt64());
}
