using System.Text.Json.Nodes;
using Kube.ApiServer.Auth;
using Kube.ApiServer.Auth.Tokens;
using Kube.ApiServer.Registry;

namespace Kube.ApiServer.Security.Reviews;

/// <summary>Answers TokenReview: whose token is this?</summary>
internal sealed class TokenReview(ServiceAccountAuthenticator? authenticator, IReadOnlyList<string> audiences) : IReviewResource
{
    public async Task<JsonObject> CreateAsync(WriteContext context, string ns, JsonObject review, CancellationToken cancellationToken)
    {
        var spec = review["spec"] as JsonObject;
        var token = ObjectAccessor.Text(spec, "token");
        if (token.Length == 0)
        {
            throw ApiErrors.BadRequest("token is required for TokenReview in authentication");
        }

        var asked = spec?["audiences"] is JsonArray { Count: > 0 } given ? given.Select(node => node!.GetValue<string>()).ToList() : audiences;
        var answer = (JsonObject)review.DeepClone();
        answer["status"] = await StatusAsync(token, asked, cancellationToken).ConfigureAwait(false);
        return answer;
    }

    private async Task<JsonObject> StatusAsync(string token, IReadOnlyList<string> asked, CancellationToken cancellationToken)
    {
        if (authenticator is null)
        {
            return new JsonObject { ["user"] = new JsonObject(), ["error"] = "this server verifies no tokens: no --service-account-key-file" };
        }

        try
        {
            var verified = await authenticator.VerifyAsync(token, asked, cancellationToken).ConfigureAwait(false);
            return new JsonObject
            {
                ["authenticated"] = true,
                ["user"] = UserJson.Of(verified.ToUser()),
                ["audiences"] = new JsonArray([.. verified.Audiences.Where(asked.Contains).Select(audience => (JsonNode)audience)]),
            };
        }
        catch (AuthenticationException e)
        {
            return new JsonObject { ["user"] = new JsonObject(), ["error"] = $"[invalid bearer token, {e.Message}]" };
        }
    }
}

/// <summary>Answers SelfSubjectReview: who am I (kubectl auth whoami)?</summary>
internal sealed class SelfReview : IReviewResource
{
    public Task<JsonObject> CreateAsync(WriteContext context, string ns, JsonObject review, CancellationToken cancellationToken)
    {
        var answer = (JsonObject)review.DeepClone();
        answer["status"] = new JsonObject { ["userInfo"] = UserJson.Of(context.User) };
        return Task.FromResult(answer);
    }
}

/// <summary>Users as the authentication API shows them.</summary>
internal static class UserJson
{
    public static JsonObject Of(UserInfo user)
    {
        var shown = new JsonObject { ["username"] = user.Name };
        if (user.Uid.Length > 0)
        {
            shown["uid"] = user.Uid;
        }

        shown["groups"] = new JsonArray([.. user.Groups.Select(group => (JsonNode)group)]);
        if (user.Extra.Count > 0)
        {
            shown["extra"] = new JsonObject(user.Extra.Select(extra =>
                KeyValuePair.Create(extra.Key, (JsonNode?)new JsonArray([.. extra.Value.Select(value => (JsonNode)value)]))));
        }

        return shown;
    }
}
