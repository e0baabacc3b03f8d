using System.Text.Json.Nodes;
using Kube.Api.AdmissionRegistration.V1;
using Kube.Api.Cel;
using Kube.Api.Schema;

namespace Kube.Controllers.AdmissionPolicies;

/// <summary>Says in the status of a validating admission policy what its expressions get wrong about the kinds that its rules name.</summary>
public sealed class AdmissionPolicyStatusController : QueueController<string>
{
    private const string ControllerName = "validatingadmissionpolicy-status-controller";
    private readonly SharedInformer<ValidatingAdmissionPolicy> _policies;

    public AdmissionPolicyStatusController(ControllerContext context, int workers)
        : base(context, ControllerName, workers)
    {
        _policies = context.Informers.For<ValidatingAdmissionPolicy>();
        _policies.AddHandler(policy => Queue.Add(policy.Metadata.Name!), (_, policy) => Queue.Add(policy.Metadata.Name!));
    }

    /// <inheritdoc/>
    protected override async Task<ReconcileResult> ReconcileAsync(string key, CancellationToken cancellation)
    {
        if (_policies.Store.Get(null, key) is not { } policy || policy.Metadata.Generation <= (policy.Status?.ObservedGeneration ?? 0))
        {
            return ReconcileResult.Done;
        }

        var warnings = PolicyTypeChecker.Check(policy, KindCatalog.Default);
        var checking = new JsonObject();
        if (warnings.Count > 0)
        {
            checking["expressionWarnings"] = new JsonArray([.. warnings.Select(static warning => (JsonNode)new JsonObject { ["fieldRef"] = warning.FieldRef, ["warning"] = warning.Warning })]);
        }

        var applied = new JsonObject
        {
            ["apiVersion"] = policy.ApiVersion,
            ["kind"] = policy.Kind,
            ["metadata"] = new JsonObject { ["name"] = key },
            ["status"] = new JsonObject { ["observedGeneration"] = policy.Metadata.Generation, ["typeChecking"] = checking },
        };
        await Client.For<ValidatingAdmissionPolicy>().PatchAsync(null, key, Patch.Apply(applied, ControllerName, force: true), "status", cancellation).ConfigureAwait(false);
        return ReconcileResult.Done;
    }
}
