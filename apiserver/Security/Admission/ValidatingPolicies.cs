using System.Text;
using System.Text.Json.Nodes;
using Kube.Api.Cel;
using Kube.Api.Errors;
using Kube.Api.Selectors;
using Kube.Api.Serialization;
using Kube.ApiServer.Admission;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Admission;

/// <summary>
/// Holds requests to the validating admission policies that are bound: denies, warns or notes in the audit log, as the
/// binding says (KEP-3488). Policies and bindings themselves are not held to policies, so that a bad one can be mended.
/// </summary>
internal sealed class ValidatingPolicies(ResourceRegistry registry, IAuthorizer authorizer) : IValidatingAdmission
{
    private const string FailureAnnotation = "validation.policy.admission.k8s.io/validation_failure";
    private const int MaxAnnotationBytes = 10 * 1024;

    private readonly PolicySource _source = new(registry);

    public bool Handles(AdmissionRequest request) =>
        request is not { Group: "admissionregistration.k8s.io", Resource: "validatingadmissionpolicies" or "validatingadmissionpolicybindings" }
        && _source.Current.Count > 0;

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var verdict = new Verdict(request);
        var forms = new RequestForms(request, one => EquivalentRequests.Of(one, registry));
        foreach (var policy in _source.Current)
        {
            if (forms.Meant(policy.Spec.Map("matchConstraints"), "resourceRules") is { } form)
            {
                await ValidateAsync(policy, forms, form, verdict, cancellationToken).ConfigureAwait(false);
            }
        }

        verdict.Conclude();
    }

    /// <param name="form">The request as the policy's rules mean it, which its expressions see.</param>
    private async ValueTask ValidateAsync(BoundPolicy policy, RequestForms forms, AdmissionRequest form, Verdict verdict, CancellationToken cancellationToken)
    {
        var request = forms.Request;
        var ns = await NamespaceOfAsync(request, cancellationToken).ConfigureAwait(false);
        var selected = request is { Group: "", Resource: "namespaces" } ? request.Object ?? request.OldObject : ns;
        try
        {
            if (!Means(policy.Spec.Map("matchConstraints"), forms, selected))
            {
                return;
            }
        }
        catch (SelectorException exception)
        {
            verdict.Misconfigured(policy, null, exception.Message);
            return;
        }

        foreach (var (name, spec) in policy.Bindings)
        {
            try
            {
                if (spec.Map("matchResources") is { } narrower && !MeansBinding(narrower, forms, selected))
                {
                    continue;
                }

                foreach (var parameters in await ParamsAsync(policy.Spec, spec, request, cancellationToken).ConfigureAwait(false))
                {
                    verdict.Add(policy, name, spec, policy.Compiled.Evaluate(InputOf(form, ns, parameters)));
                }
            }
            catch (Exception exception) when (exception is SelectorException or PolicyConfigurationException)
            {
                verdict.Misconfigured(policy, exception is PolicyConfigurationException { OfPolicy: true } ? null : name, exception.Message);
            }
        }

        verdict.Annotate(policy.Name);
    }

    /// <summary>Whether a policy's constraints mean the request; that a rule names its resource is known.</summary>
    private static bool Means(JsonObject? constraints, RequestForms forms, JsonObject? ns) =>
        forms.Meant(constraints, "excludeResourceRules") is null
        && RuleMatching.MatchesNamespace(constraints.Map("namespaceSelector"), ns)
        && RuleMatching.MatchesObject(constraints.Map("objectSelector"), forms.Request);

    /// <summary>A binding without rules of its own means whatever its policy means.</summary>
    private static bool MeansBinding(JsonObject narrower, RequestForms forms, JsonObject? ns) =>
        (narrower.List("resourceRules") is not { Count: > 0 } || forms.Meant(narrower, "resourceRules") is not null) && Means(narrower, forms, ns);

    private async ValueTask<JsonObject?> NamespaceOfAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Namespace.Length == 0 || request is { Group: "", Resource: "namespaces" })
        {
            return null;
        }

        var namespaces = registry.Get("", "v1", "namespaces");
        return namespaces.FindCached("", request.Namespace)
            ?? await namespaces.FindAsync("", request.Namespace, cancellationToken).ConfigureAwait(false)
            ?? throw ApiErrors.NotFound(namespaces.Definition, request.Namespace);
    }

    /// <summary>The objects that a binding names as parameters; one null when it names none.</summary>
    private async ValueTask<IReadOnlyList<JsonObject?>> ParamsAsync(JsonObject policy, JsonObject binding, AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (policy.Map("paramKind") is not { } kind || binding.Map("paramRef") is not { } reference)
        {
            return [null];
        }

        var store = StoreOf(kind) ?? throw new PolicyConfigurationException(
            $"failed to find resource referenced by paramKind: '{kind.Text("apiVersion")}, Kind={kind.Text("kind")}'", ofPolicy: true);
        var given = reference.Text("namespace") ?? "";
        var ns = "";
        if (store.Definition.Info.Namespaced)
        {
            ns = given.Length > 0 ? given
                : request.Namespace.Length > 0 ? request.Namespace
                : throw new PolicyConfigurationException("cannot use namespaced paramRef in policy binding that matches cluster-scoped resources");
        }
        else if (given.Length > 0)
        {
            throw new PolicyConfigurationException("paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
        }

        var found = new List<JsonObject?>();
        if (reference.Text("name") is { Length: > 0 } name)
        {
            var one = store.FindCached(ns, name) ?? await store.FindAsync(ns, name, cancellationToken).ConfigureAwait(false);
            if (one is not null)
            {
                found.Add(one);
            }
        }
        else
        {
            var selector = LabelSelector.FromObject(reference.Map("selector"));
            found.AddRange(store.ListCached(ns).Where(obj => selector.Matches(obj.Map("metadata").Map("labels") ?? [])));
        }

        return found.Count == 0 && reference.Text("parameterNotFoundAction") == "Deny"
            ? throw new PolicyConfigurationException("no params found for policy binding with `Deny` parameterNotFoundAction")
            : found;
    }

    private ResourceStore? StoreOf(JsonObject kind) => registry.Stores.FirstOrDefault(store =>
        store.Definition.Info.ApiVersion == kind.Text("apiVersion") && store.Definition.Info.Kind == kind.Text("kind"));

    private PolicyInput InputOf(AdmissionRequest request, JsonObject? ns, JsonObject? parameters)
    {
        var about = new AuthorizationQuestion(null, "", null, request.Group, request.Resource, request.Subresource, request.Namespace, request.Name);
        return new PolicyInput
        {
            Object = request.Object,
            OldObject = request.OldObject,
            Request = AdmissionRequestObject.Of(request),
            Namespace = ns,
            Params = parameters,
            Authorizer = AuthorizerLibrary.Authorizer(question => Ask(request.User, question)),
            RequestResource = AuthorizerLibrary.RequestResource(question => Ask(request.User, question), about),
        };
    }

    private AuthorizationAnswer Ask(UserInfo user, AuthorizationQuestion question)
    {
        var subject = question.ServiceAccount is not { } account ? user : new UserInfo(
            $"system:serviceaccount:{account.Namespace}:{account.Name}",
            "system:serviceaccounts", "system:serviceaccounts:" + account.Namespace, UserInfo.AuthenticatedGroup);
        var answer = authorizer.AuthorizeAsync(
            new AuthorizationAttributes
            {
                User = subject,
                Verb = question.Verb,
                IsResourceRequest = question.Path is null,
                Path = question.Path ?? "",
                ApiGroup = question.Group,
                ApiVersion = "*",
                Resource = question.Resource,
                Subresource = question.Subresource,
                Namespace = question.Namespace,
                Name = question.Name,
            },
            CancellationToken.None);

        // Expressions are synchronous. Every authorizer decides from what is in memory; one that would wait is no answer.
        return answer.IsCompletedSuccessfully
            ? new AuthorizationAnswer(answer.Result.Decision == AuthorizationDecision.Allow, answer.Result.Reason, null)
            : new AuthorizationAnswer(false, "", "the authorizer did not answer at once");
    }

    /// <summary>Gathers what all policies say, and says it.</summary>
    private sealed class Verdict(AdmissionRequest request)
    {
        private readonly JsonArray _noted = [];
        private readonly Dictionary<string, List<string>> _annotations = new(StringComparer.Ordinal);
        private (string Message, string? Reason)? _denial;

        public void Misconfigured(BoundPolicy policy, string? binding, string why)
        {
            if (policy.Spec.Text("failurePolicy") != "Ignore")
            {
                Deny(policy.Name, binding, $"failed to configure {(binding is null ? "policy" : "binding")}: {why}", null);
            }
        }

        public void Add(BoundPolicy policy, string binding, JsonObject spec, PolicyResult result)
        {
            foreach (var failure in result.Failures)
            {
                foreach (var action in spec.Texts("validationActions"))
                {
                    Act(action, policy.Name, binding, spec, failure);
                }
            }

            foreach (var (key, value) in result.AuditAnnotations)
            {
                var kept = Encoding.UTF8.GetByteCount(value) <= MaxAnnotationBytes ? value : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value).AsSpan(0, MaxAnnotationBytes));
                if (!_annotations.TryGetValue(key, out var values))
                {
                    _annotations[key] = values = [];
                }

                if (!values.Contains(kept))
                {
                    values.Add(kept);
                }
            }

            foreach (var fault in result.AuditFaults)
            {
                Deny(policy.Name, binding, fault, null);
            }
        }

        /// <summary>Hands the audit annotations of one policy on.</summary>
        public void Annotate(string policy)
        {
            foreach (var (key, values) in _annotations)
            {
                request.AuditAnnotations[$"{policy}/{key}"] = string.Join(", ", values);
            }

            _annotations.Clear();
        }

        public void Conclude()
        {
            if (_noted.Count > 0)
            {
                request.AuditAnnotations[FailureAnnotation] = Encoding.UTF8.GetString(JsonTree.ToBytes(_noted));
            }

            if (_denial is not { } denial)
            {
                return;
            }

            var reason = denial.Reason ?? "Invalid";
            var code = reason switch { "Forbidden" => 403, "Unauthorized" => 401, "RequestEntityTooLarge" => 413, _ => 422 };
            throw new KubeStatusException(request.Forbid(denial.Message).Status with
            {
                Code = code,
                Reason = reason,
                Causes = [new StatusCause(null, denial.Message, null)],
            });
        }

        private void Act(string action, string policy, string binding, JsonObject spec, PolicyFailure failure)
        {
            switch (action)
            {
                case "Deny":
                    Deny(policy, binding, failure.Message, failure.Reason);
                    break;
                case "Warn":
                    var warning = $"Validation failed for ValidatingAdmissionPolicy '{policy}' with binding '{binding}': {failure.Message}";
                    if (!request.Warnings.Contains(warning))
                    {
                        request.Warnings.Add(warning);
                    }

                    break;
                case "Audit":
                    _noted.Add((JsonNode)new JsonObject
                    {
                        ["message"] = failure.Message,
                        ["policy"] = policy,
                        ["binding"] = binding,
                        ["expressionIndex"] = failure.Index,
                        ["validationActions"] = spec["validationActions"]?.DeepClone(),
                    });
                    break;
            }
        }

        /// <summary>The first denial is the one that the client hears of.</summary>
        private void Deny(string policy, string? binding, string message, string? reason)
        {
            var by = binding is null ? $"ValidatingAdmissionPolicy '{policy}'" : $"ValidatingAdmissionPolicy '{policy}' with binding '{binding}'";
            _denial ??= ($"{by} denied request: {message}", reason);
        }
    }

    /// <summary>A policy and its binding do not fit what is there.</summary>
    private sealed class PolicyConfigurationException(string message, bool ofPolicy = false) : Exception(message)
    {
        /// <summary>True when the policy itself is at fault, not its binding.</summary>
        public bool OfPolicy => ofPolicy;
    }
}
