using System.Globalization;
using System.Text.Json.Nodes;
using Kube.Api.Validation;
using Kube.ApiServer.Registry;
using Kube.ApiServer.Requests;

namespace Kube.ApiServer.Endpoints;

/// <summary>The query parameters of list and watch.</summary>
internal sealed record ListParameters
{
    /// <summary>Thirty days: longer than any connection lasts, and within what a timer takes.</summary>
    private const int MaxTimeoutSeconds = 30 * 24 * 60 * 60;

    public int Limit { get; init; }

    public string Continue { get; init; } = "";

    /// <summary>Null when the client gave none.</summary>
    public long? ResourceVersion { get; init; }

    /// <summary>"", "Exact" or "NotOlderThan".</summary>
    public string ResourceVersionMatch { get; init; } = "";

    public int? TimeoutSeconds { get; init; }

    public bool AllowWatchBookmarks { get; init; }

    public bool SendInitialEvents { get; init; }

    public bool HasSendInitialEvents { get; init; }

    /// <summary>Reads and checks the parameters.</summary>
    public static ListParameters Parse(ApiRequest request, bool watch)
    {
        var initial = request.Query("sendInitialEvents");
        var parameters = new ListParameters
        {
            Limit = (int)Math.Min(int.MaxValue, Number(request, "limit") ?? 0),
            Continue = request.Query("continue") ?? "",
            ResourceVersion = ParseVersion(request, request.Query("resourceVersion")),
            ResourceVersionMatch = request.Query("resourceVersionMatch") ?? "",
            TimeoutSeconds = Number(request, "timeoutSeconds") is { } seconds ? (int)Math.Min(seconds, MaxTimeoutSeconds) : null,
            AllowWatchBookmarks = RequestInfoParser.IsTrue(request.Http.Request.Query["allowWatchBookmarks"]),
            HasSendInitialEvents = initial is not null,
            SendInitialEvents = initial is not null && RequestInfoParser.IsTrue(request.Http.Request.Query["sendInitialEvents"]),
        };
        var errors = parameters.Check(watch, request.Query("resourceVersion"));
        return errors.Count == 0 ? parameters : throw ApiErrors.Invalid("ListOptions", "meta.k8s.io", "", errors);
    }

    private List<FieldError> Check(bool watch, string? version)
    {
        var errors = new List<FieldError>();
        if (HasSendInitialEvents && !watch)
        {
            errors.Add(FieldError.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }

        if (ResourceVersionMatch.Length == 0)
        {
            if (watch && HasSendInitialEvents)
            {
                errors.Add(FieldError.Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
            }

            return errors;
        }

        if (ResourceVersionMatch is not ("Exact" or "NotOlderThan"))
        {
            errors.Add(FieldError.NotSupported("resourceVersionMatch", JsonValue.Create(ResourceVersionMatch), ["Exact", "NotOlderThan", ""]));
        }

        if (watch && (!HasSendInitialEvents || ResourceVersionMatch != "NotOlderThan"))
        {
            errors.Add(FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
        }

        if (!watch && Continue.Length > 0)
        {
            errors.Add(FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"));
        }

        if (!watch && string.IsNullOrEmpty(version))
        {
            errors.Add(FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"));
        }

        if (ResourceVersionMatch == "Exact" && version == "0")
        {
            errors.Add(FieldError.Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
        }

        return errors;
    }

    public static long? ParseVersion(ApiRequest request, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw ApiErrors.Invalid("ListOptions", "meta.k8s.io", "", [FieldError.Invalid("resourceVersion", JsonValue.Create(text), $"strconv.ParseUint: parsing \"{text}\": invalid syntax")]);
    }

    private static long? Number(ApiRequest request, string name)
    {
        var text = request.Query(name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number
            : throw ApiErrors.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }
}
