namespace Kube.Robustness.Checking;

/// <summary>Which operations change keys, as their answers tell.</summary>
internal static class Effects
{
    /// <summary>Whether an acknowledged operation made a revision of its own.</summary>
    public static bool ChangedKeys(Operation operation) =>
        operation is { Outcome: Outcome.Completed, Result: { } result } && Changed(operation.Op, result);

    /// <summary>Whether an operation, of whatever outcome, could make one.</summary>
    public static bool CouldChangeKeys(KvOp op) => op switch
    {
        PutOp or DeleteOp => true,
        TxnOp txn => txn.Success.Any(CouldChangeKeys) || txn.Failure.Any(CouldChangeKeys),
        _ => false,
    };

    private static bool Changed(KvOp op, KvResult result) => (op, result) switch
    {
        (PutOp, _) => true,
        (DeleteOp, DeleteResult delete) => delete.Deleted > 0,
        (TxnOp txn, TxnResult outcome) => (outcome.Succeeded ? txn.Success : txn.Failure).Zip(outcome.Results).Any(p => Changed(p.First, p.Second)),
        _ => false,
    };

    /// <summary>Whether two lists say the same of the same keys; a revision changes no key twice.</summary>
    public static bool AreSame(IReadOnlyList<ChangeEvent> left, IReadOnlyList<ChangeEvent> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        var byKey = right.OrderBy(c => c.Kv.Key, StringComparer.Ordinal);
        return left.OrderBy(c => c.Kv.Key, StringComparer.Ordinal).Zip(byKey).All(p => p.First.IsSameChange(p.Second));
    }

    public static string Describe(IEnumerable<ChangeEvent> changes) => $"{{{string.Join("; ", changes)}}}";
}
