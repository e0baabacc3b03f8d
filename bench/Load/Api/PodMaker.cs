using System.Globalization;
using System.Text;
using Etcd.V3;
using Google.Protobuf;

namespace Kube.Load.Api;

/// <summary>
/// Writes pods past the API server, as another API server would: copies of one that the API server has stored, each with a
/// name and uid of its own, spread over ten namespaces and ten values of the label `shard`.
/// </summary>
internal sealed class PodMaker(StoreCluster store, byte[] template)
{
    /// <summary>Namespaces, and values of the label: each holds a tenth of the pods.</summary>
    public const int Parts = 10;

    private const int OpsPerTxn = 128;
    private const int Writers = 8;
    private readonly string _template = WithZeroUid(Encoding.UTF8.GetString(template));

    /// <summary>Name of the pod whose stored form is the template; as long as the copies' names.</summary>
    public static string TemplateName => NameOf(99_999_999);

    /// <summary>Namespace and name of the template, and its label.</summary>
    public static string TemplateNamespace => "bench-0";

    public static string NameOf(int index) => "pod-" + index.ToString("D8", CultureInfo.InvariantCulture);

    public static string NamespaceOf(int part) => "bench-" + part.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes the pods from one number to another; the leader takes them all.</summary>
    public async Task FillAsync(int from, int to, CancellationToken cancellationToken)
    {
        var leader = await store.LeaderAsync().ConfigureAwait(false);
        var next = from;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(
            async () =>
            {
                while (Interlocked.Add(ref next, OpsPerTxn) - OpsPerTxn is var begin && begin < to)
                {
                    var txn = new TxnRequest();
                    for (var i = begin; i < Math.Min(begin + OpsPerTxn, to); i++)
                    {
                        txn.Success.Add(new RequestOp { RequestPut = Put(i) });
                    }

                    await store.Kv(leader).TxnAsync(txn, cancellationToken: cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Removes all pods, also those that other parts of the benchmark left.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        var leader = await store.LeaderAsync().ConfigureAwait(false);
        var request = new DeleteRangeRequest { Key = ByteString.CopyFromUtf8("/registry/pods/"), RangeEnd = ByteString.CopyFromUtf8("/registry/pods0") };
        await store.Kv(leader).DeleteRangeAsync(request, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The first eight digits of the uid become zeros, in whose place each copy's number goes.</summary>
    private static string WithZeroUid(string pod)
    {
        const string uid = "\"uid\":\"";
        var at = pod.IndexOf(uid, StringComparison.Ordinal) + uid.Length;
        return string.Concat(pod.AsSpan(0, at), "00000000", pod.AsSpan(at + 8));
    }

    private PutRequest Put(int index)
    {
        var (part, name) = (index % Parts, NameOf(index));
        var pod = _template
            .Replace(TemplateName, name, StringComparison.Ordinal)
            .Replace($"\"{TemplateNamespace}\"", $"\"{NamespaceOf(part)}\"", StringComparison.Ordinal)
            .Replace("\"shard\":\"0\"", $"\"shard\":\"{index / Parts % Parts}\"", StringComparison.Ordinal)
            .Replace("\"uid\":\"00000000", $"\"uid\":\"{index:x8}", StringComparison.Ordinal);
        return new PutRequest
        {
            Key = ByteString.CopyFromUtf8($"/registry/pods/{NamespaceOf(part)}/{name}"),
            Value = ByteString.CopyFromUtf8(pod),
        };
    }
}
