using Kube.Api.Quotas;
using Kube.ApiServer.Admission;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Holds a namespace to its resource quotas: charges them with what a write will use, before it is written, and refuses
/// what does not fit. What a write that then fails was charged, the quota controller gives back. Must be the last
/// plugin: nothing is charged for what another one refuses.
/// </summary>
internal sealed class ResourceQuotaAdmission(QuotaLedger ledger, TimeProvider time) : IValidatingAdmission
{
    public bool Handles(AdmissionRequest request) =>
        request.Namespace.Length > 0
        && request.Operation is AdmissionOperation.Create or AdmissionOperation.Update
        && request is { Object: not null } and not { Group: "", Resource: "namespaces" or "events" };

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var evaluator = UsageEvaluator.For(request.Group, request.Resource);
        var operation = request.Operation == AdmissionOperation.Create ? QuotaOperation.Create : QuotaOperation.Update;
        if (!evaluator.Handles(operation, request.Subresource, request.Object!, request.OldObject))
        {
            return;
        }

        var charge = new QuotaCharge(evaluator, operation, request.Subresource, request.Object!, request.OldObject, time.GetUtcNow());
        if (await ledger.ChargeAsync(request.Namespace, charge, request.DryRun, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            throw request.Forbid(refusal);
        }
    }
}
