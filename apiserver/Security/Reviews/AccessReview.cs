using System.Text.Json.Nodes;
using Kube.Api.Authorization.V1;
using Kube.Api.Json;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Reviews;

/// <summary>Answers SubjectAccessReview, LocalSubjectAccessReview and SelfSubjectAccessReview: may this user do this?</summary>
/// <param name="authorizer">Decides, as it would for a request.</param>
/// <param name="isSelf">The user is the caller, whatever the review says.</param>
/// <param name="isLocal">The review is about the namespace that it was posted to.</param>
internal sealed class AccessReview(IAuthorizer authorizer, bool isSelf, bool isLocal) : IReviewResource
{
    public async Task<JsonObject> CreateAsync(WriteContext context, string ns, JsonObject review, CancellationToken cancellationToken)
    {
        var spec = review["spec"] is JsonObject given ? KubeJson.FromJsonObject<SubjectAccessReviewSpec>(given) : new SubjectAccessReviewSpec();
        if ((spec.ResourceAttributes is null) == (spec.NonResourceAttributes is null))
        {
            throw ApiErrors.BadRequest("exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }

        if (!isSelf && string.IsNullOrEmpty(spec.User) && spec.Groups is not { Count: > 0 })
        {
            throw ApiErrors.BadRequest("at least one of user or group must be specified");
        }

        if (isLocal && spec.ResourceAttributes?.Namespace != ns)
        {
            throw ApiErrors.BadRequest($"spec.resourceAttributes.namespace must match namespace: {ns}");
        }

        var result = await authorizer.AuthorizeAsync(Attributes(isSelf ? context.User : UserOf(spec), spec), cancellationToken).ConfigureAwait(false);
        var answer = (JsonObject)review.DeepClone();
        var status = new JsonObject { ["allowed"] = result.Decision == AuthorizationDecision.Allow };
        if (result.Decision == AuthorizationDecision.Deny)
        {
            status["denied"] = true;
        }

        if (result.Reason.Length > 0)
        {
            status["reason"] = result.Reason;
        }

        answer["status"] = status;
        return answer;
    }

    private static UserInfo UserOf(SubjectAccessReviewSpec spec) => new(
        spec.User ?? string.Empty,
        spec.Uid ?? string.Empty,
        spec.Groups ?? [],
        (spec.Extra ?? []).ToDictionary(extra => extra.Key, extra => (IReadOnlyList<string>)extra.Value));

    private static AuthorizationAttributes Attributes(UserInfo user, SubjectAccessReviewSpec spec) => spec.ResourceAttributes is { } resource
        ? new AuthorizationAttributes
        {
            User = user,
            IsResourceRequest = true,
            Verb = resource.Verb ?? string.Empty,
            ApiGroup = resource.Group ?? string.Empty,
            ApiVersion = resource.Version ?? string.Empty,
            Resource = resource.Resource ?? string.Empty,
            Subresource = resource.Subresource ?? string.Empty,
            Namespace = resource.Namespace ?? string.Empty,
            Name = resource.Name ?? string.Empty,
        }
        : new AuthorizationAttributes
        {
            User = user,
            IsResourceRequest = false,
            Verb = spec.NonResourceAttributes!.Verb ?? string.Empty,
            Path = spec.NonResourceAttributes.Path ?? string.Empty,
        };
}
