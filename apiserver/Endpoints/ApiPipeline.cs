using System.Text;
using Kube.Api.Errors;
using Kube.ApiServer.Audit;
using Kube.ApiServer.Auth;
using Kube.ApiServer.FlowControl;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kube.ApiServer.Endpoints;

/// <summary>
/// The way of every request: identified, authenticated, counted, authorised, handled, audited; whatever goes wrong on
/// the way becomes a Status. Thread-safe.
/// </summary>
internal sealed partial class ApiPipeline
{
    private readonly ApiPipelineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiPipeline> _logger;

    public ApiPipeline(ApiPipelineOptions options, TimeProvider time, ILogger<ApiPipeline> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
    }

    public async Task InvokeAsync(HttpContext http)
    {
        var started = _time.GetTimestamp();
        var received = _time.GetUtcNow();
        var path = http.Request.Path.Value ?? "/";
        var info = RequestInfoParser.Parse(http.Request.Method, path, http.Request.Query);
        var auditId = http.Request.Headers["Audit-ID"].ToString() is { Length: > 0 and <= 64 } given && Ascii.IsValid(given) && !given.Any(char.IsControl)
            ? given : _options.Identifiers.NextUid();
        http.Response.Headers["Audit-Id"] = auditId;
        var trail = new AuditTrail(_options.Audit, http, info, auditId, received, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        if (!info.IsLongRunning)
        {
            limit.CancelAfter(_options.RequestTimeout);
        }

        try
        {
            await HandleAsync(http, info, trail, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to answer.
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            var status = ApiErrors.Timeout("request did not complete within the allotted timeout").Status;
            await AnswerAsync(http, status, trail).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not Kube.Base.InvariantException)
        {
            var status = ErrorMapping.StatusOf(exception, info);
            if (status is null)
            {
                LogPanic(info.Verb, path, exception);
                status = ErrorMapping.Fault();
            }

            await AnswerAsync(http, status, trail).ConfigureAwait(false);
        }
        finally
        {
            trail.Record(AuditStage.ResponseComplete, http.Response.StatusCode);
            _options.Metrics.Completed(info, http.Request.Query.ContainsKey("dryRun"), http.Response.StatusCode, _time.GetElapsedTime(started).TotalSeconds);
        }
    }

    private async Task HandleAsync(HttpContext http, RequestInfo info, AuditTrail trail, CancellationToken cancellationToken)
    {
        var user = await AuthenticateAsync(http, cancellationToken).ConfigureAwait(false);
        trail.User = user;
        trail.Record(AuditStage.RequestReceived, 0);
        if (await ImpersonateAsync(http, user, cancellationToken).ConfigureAwait(false) is { } other)
        {
            (trail.ImpersonatedBy, trail.User, user) = (user, other, other);
        }

        using var ticket = await EnterAsync(http, info, user, cancellationToken).ConfigureAwait(false);
        if (info.IsLongRunning)
        {
            _options.Metrics.LongRunning(info, 1);
        }

        try
        {
            var request = new ApiRequest
            {
                Http = http,
                Info = info,
                User = user,
                Aborted = cancellationToken,
                Stopping = _options.Stopping,
                AuditAnnotations = trail.Annotations,
                Trail = trail,
                RequireVerb = AuthorizeAsync,
                Initialized = () => ticket?.Dispose(),
            };
            await AuthorizeAsync(request, info.Verb).ConfigureAwait(false);
            if (info.Verb == "watch")
            {
                trail.Record(AuditStage.ResponseStarted, 200);
            }

            await (info.IsResourceRequest ? _options.Resources.HandleAsync(request) : _options.Paths.HandleAsync(request)).ConfigureAwait(false);
        }
        finally
        {
            if (info.IsLongRunning)
            {
                _options.Metrics.LongRunning(info, -1);
            }
        }
    }

    /// <summary>
    /// Waits for the request's turn. Streams other than watches are not counted; a watch is until its initial state is sent.
    /// </summary>
    /// <exception cref="KubeStatusException">429: its queues are full, or it has waited too long.</exception>
    private async ValueTask<FlowTicket?> EnterAsync(HttpContext http, RequestInfo info, UserInfo user, CancellationToken cancellationToken)
    {
        if (info.IsLongRunning && info.Verb != "watch")
        {
            return null;
        }

        _options.Flows.Configure(_options.FlowConfiguration());
        var decision = await _options.Flows.EnterAsync(info, user, levelMaxSeats => SeatsOf(http, info, levelMaxSeats), cancellationToken).ConfigureAwait(false);
        http.Response.Headers["X-Kubernetes-Pf-Flowschema-Uid"] = decision.SchemaUid;
        http.Response.Headers["X-Kubernetes-Pf-Prioritylevel-Uid"] = decision.LevelUid;
        if (decision.Ticket is not null)
        {
            return decision.Ticket;
        }

        _options.Metrics.Rejected(info.Verb is "get" or "list" or "watch");
        throw ApiErrors.TooManyRequests("Too many requests, please try again later.", decision.RetryAfterSeconds);
    }

    private int SeatsOf(HttpContext http, RequestInfo info, int levelMaxSeats)
    {
        if (info.Verb is not ("list" or "watch"))
        {
            return 1;
        }

        var query = http.Request.Query;
        var isSingle = query["fieldSelector"].ToString().StartsWith("metadata.name=", StringComparison.Ordinal);
        var sendsInitialEvents = query["sendInitialEvents"].ToString() is { Length: > 0 } text && RequestInfoParser.IsTrue(text);
        return WorkEstimate.SeatsOf(info, sendsInitialEvents, isSingle, _options.ObjectCount(info), levelMaxSeats);
    }

    private async ValueTask<UserInfo> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken)
    {
        try
        {
            return await _options.Authenticator.AuthenticateAsync(http, cancellationToken).ConfigureAwait(false)
                ?? (_options.AllowAnonymous ? UserInfo.Anonymous : throw ApiErrors.Unauthorized());
        }
        catch (AuthenticationException exception)
        {
            LogUnauthenticated(exception.Message);
            throw ApiErrors.Unauthorized();
        }
    }

    /// <summary>The user that the request wants to be taken for; null for the real one.</summary>
    /// <exception cref="KubeStatusException">403: the real user may not.</exception>
    private async ValueTask<UserInfo?> ImpersonateAsync(HttpContext http, UserInfo user, CancellationToken cancellationToken)
    {
        Impersonation? wanted;
        try
        {
            wanted = Impersonation.Read(user, http.Request.Headers);
        }
        catch (FormatException exception)
        {
            throw ApiErrors.BadRequest(exception.Message);
        }

        foreach (var check in wanted?.Checks ?? [])
        {
            var result = await _options.Authorizer.AuthorizeAsync(check, cancellationToken).ConfigureAwait(false);
            if (result.Decision != AuthorizationDecision.Allow)
            {
                throw new KubeStatusException(Forbidden(check, result.Reason));
            }
        }

        return wanted?.User;
    }

    private async ValueTask AuthorizeAsync(ApiRequest request, string verb)
    {
        var info = request.Info;
        var attributes = new AuthorizationAttributes
        {
            User = request.User,
            Verb = verb,
            IsResourceRequest = info.IsResourceRequest,
            ApiGroup = info.Group,
            ApiVersion = info.Version,
            Resource = info.Resource,
            Subresource = info.Subresource,
            Namespace = info.Namespace,
            Name = info.Name,
            Path = info.Path,
        };
        var result = await _options.Authorizer.AuthorizeAsync(attributes, request.Aborted).ConfigureAwait(false);
        request.AuditAnnotations["authorization.k8s.io/decision"] = result.Decision == AuthorizationDecision.Allow ? "allow" : "forbid";
        request.AuditAnnotations["authorization.k8s.io/reason"] = result.Reason;
        if (result.Decision != AuthorizationDecision.Allow)
        {
            throw new KubeStatusException(Forbidden(attributes, result.Reason));
        }
    }

    /// <summary>403 in Kubernetes' words.</summary>
    private static KubeStatus Forbidden(AuthorizationAttributes attributes, string reason)
    {
        var tail = reason.Length == 0 ? "" : ": " + reason;
        if (!attributes.IsResourceRequest)
        {
            return KubeStatus.Forbidden("", "", "", $"User \"{attributes.User.Name}\" cannot {attributes.Verb} path \"{attributes.Path}\"{tail}");
        }

        var resource = attributes.Subresource.Length == 0 ? attributes.Resource : attributes.Resource + "/" + attributes.Subresource;
        var scope = attributes.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{attributes.Namespace}\"";
        var why = $"User \"{attributes.User.Name}\" cannot {attributes.Verb} resource \"{resource}\" in API group \"{attributes.ApiGroup}\" {scope}{tail}";
        return KubeStatus.Forbidden(attributes.ApiGroup, attributes.Resource, attributes.Name, why);
    }

    private static async Task AnswerAsync(HttpContext http, KubeStatus status, AuditTrail trail)
    {
        trail.Failure = status;
        try
        {
            await ResponseWriter.WriteStatusAsync(http, status, http.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client went away before it could be told.
        }
    }
}
