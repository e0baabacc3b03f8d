using Kube.Api.Validation;
using Kube.Cel.Functions;
using Kube.Cel.Types;
using Kube.Cel.Values;

namespace Kube.Api.Cel;

/// <summary>A question that an expression asks the authorizer.</summary>
/// <param name="ServiceAccount">Namespace and name of the account that the question is about; null for the user of the request.</param>
/// <param name="Path">The path asked about; null for a resource.</param>
public sealed record AuthorizationQuestion(
    (string Namespace, string Name)? ServiceAccount, string Verb, string? Path, string Group = "", string Resource = "", string Subresource = "", string Namespace = "", string Name = "");

/// <summary>The authorizer's answer.</summary>
/// <param name="Error">What went wrong; null when nothing did.</param>
public readonly record struct AuthorizationAnswer(bool Allowed, string Reason, string? Error);

/// <summary>Answers questions of expressions. Thread-safe.</summary>
public delegate AuthorizationAnswer AuthorizationCheck(AuthorizationQuestion question);

/// <summary>Kubernetes' authorizer: authorizer.group('apps').resource('deployments').check('create').allowed().</summary>
public static class AuthorizerLibrary
{
    public static CelType AuthorizerType { get; } = CelType.Opaque("kubernetes.authorization.Authorizer");

    public static CelType ResourceCheckType { get; } = CelType.Opaque("kubernetes.authorization.ResourceCheck");

    private static readonly CelType PathCheckType = CelType.Opaque("kubernetes.authorization.PathCheck");
    private static readonly CelType GroupCheckType = CelType.Opaque("kubernetes.authorization.GroupCheck");
    private static readonly CelType DecisionType = CelType.Opaque("kubernetes.authorization.Decision");

    /// <summary>A check asks others, so an expression can afford only a few.</summary>
    private const long CheckCost = 350_000;

    internal static IReadOnlyList<CelType> Types { get; } = [AuthorizerType, ResourceCheckType, PathCheckType, GroupCheckType, DecisionType];

    internal static IReadOnlyList<CelFunction> Functions { get; } =
    [
        new("path", Member(AuthorizerType, PathCheckType, args => string.IsNullOrWhiteSpace(Text(args[1])) ? new ErrorValue("path must not be empty") : Narrow(args, PathCheckType, static (q, path) => q with { Path = path }), CelType.String)),
        new("group", Member(AuthorizerType, GroupCheckType, args => Narrow(args, GroupCheckType, static (q, group) => q with { Group = group }), CelType.String)),
        new("serviceAccount", Member(AuthorizerType, AuthorizerType, ForServiceAccount, CelType.String, CelType.String)),
        new("resource", Member(GroupCheckType, ResourceCheckType, args => string.IsNullOrWhiteSpace(Text(args[1])) ? new ErrorValue("resource must not be empty") : Narrow(args, ResourceCheckType, static (q, resource) => q with { Resource = resource }), CelType.String)),
        new("subresource", Member(ResourceCheckType, ResourceCheckType, args => Narrow(args, ResourceCheckType, static (q, subresource) => q with { Subresource = subresource }), CelType.String)),
        new("namespace", Member(ResourceCheckType, ResourceCheckType, args => Narrow(args, ResourceCheckType, static (q, ns) => q with { Namespace = ns }), CelType.String)),
        new("name", Member(ResourceCheckType, ResourceCheckType, args => Narrow(args, ResourceCheckType, static (q, name) => q with { Name = name }), CelType.String)),

        // Selectors narrow a question further; RBAC does not look at them, so the answer is the same.
        new("fieldSelector", Member(ResourceCheckType, ResourceCheckType, args => args[0], CelType.String)),
        new("labelSelector", Member(ResourceCheckType, ResourceCheckType, args => args[0], CelType.String)),
        new("check", Member(PathCheckType, DecisionType, Check, CelType.String) with { Cost = (_, _) => CheckCost }, Member(ResourceCheckType, DecisionType, Check, CelType.String) with { Cost = (_, _) => CheckCost }),
        new("allowed", Member(DecisionType, CelType.Bool, args => BoolValue.Of(((DecisionValue)args[0]).Answer.Allowed))),
        new("reason", Member(DecisionType, CelType.String, args => new StringValue(((DecisionValue)args[0]).Answer.Reason))),
        new("errored", Member(DecisionType, CelType.Bool, args => BoolValue.Of(((DecisionValue)args[0]).Answer.Error is not null))),
        new("error", Member(DecisionType, CelType.String, args => new StringValue(((DecisionValue)args[0]).Answer.Error ?? ""))),
    ];

    /// <summary>The variable "authorizer".</summary>
    public static CelValue Authorizer(AuthorizationCheck check) => new AskingValue(AuthorizerType, check, new AuthorizationQuestion(null, "", null));

    /// <summary>The variable "authorizer.requestResource".</summary>
    public static CelValue RequestResource(AuthorizationCheck check, AuthorizationQuestion resource) => new AskingValue(ResourceCheckType, check, resource);

    private static Overload Member(CelType target, CelType result, FunctionBody body, params CelType[] args) => new([target, .. args], result, IsMember: true, body);

    private static string Text(CelValue value) => ((StringValue)value).Value;

    private static AskingValue Narrow(ReadOnlySpan<CelValue> args, CelType type, Func<AuthorizationQuestion, string, AuthorizationQuestion> narrow)
    {
        var asking = (AskingValue)args[0];
        return new AskingValue(type, asking.Check, narrow(asking.Question, Text(args[1])));
    }

    private static CelValue ForServiceAccount(ReadOnlySpan<CelValue> args)
    {
        var (ns, name) = (Text(args[1]), Text(args[2]));
        if (NameRules.DnsSubdomain(name).Count > 0)
        {
            return new ErrorValue("Invalid service account name");
        }

        if (NameRules.DnsLabel(ns).Count > 0)
        {
            return new ErrorValue("Invalid service account namespace");
        }

        var asking = (AskingValue)args[0];
        return new AskingValue(AuthorizerType, asking.Check, asking.Question with { ServiceAccount = (ns, name) });
    }

    private static DecisionValue Check(ReadOnlySpan<CelValue> args)
    {
        var asking = (AskingValue)args[0];
        return new DecisionValue(asking.Check(asking.Question with { Verb = Text(args[1]) }));
    }

    /// <summary>A question on its way to the authorizer.</summary>
    private sealed class AskingValue(CelType type, AuthorizationCheck check, AuthorizationQuestion question) : CelValue
    {
        public AuthorizationCheck Check => check;

        public AuthorizationQuestion Question => question;

        public override CelType Type => type;

        public override bool EqualTo(CelValue other) => other is AskingValue asking && asking.Type.Equals(type) && asking.Question == question;
    }

    private sealed class DecisionValue(AuthorizationAnswer answer) : CelValue
    {
        public AuthorizationAnswer Answer => answer;

        public override CelType Type => DecisionType;

        public override bool EqualTo(CelValue other) => other is DecisionValue decision && decision.Answer == answer;
    }
}
