using Kube.Api.FlowControl.V1;
using Kube.Api.Json;
using Kube.Api.Meta.V1;

namespace Kube.Api.FlowControl;

/// <summary>The flow schemas and priority levels that hold in every cluster, even without their objects. Nobody may make them others.</summary>
public static class MandatoryFlows
{
    /// <summary>Name of the level without bounds, and of its schema.</summary>
    public const string Exempt = "exempt";

    /// <summary>Name of the level for what nothing else fits, and of its schema.</summary>
    public const string CatchAll = "catch-all";

    public static IReadOnlyList<PriorityLevelConfiguration> Levels { get; } =
    [
        Level(Exempt, new() { Type = "Exempt", Exempt = new() { NominalConcurrencyShares = 0, LendablePercent = 0 } }),
        Level(CatchAll, new()
        {
            Type = "Limited",
            Limited = new() { NominalConcurrencyShares = 5, LendablePercent = 0, LimitResponse = new() { Type = "Reject" } },
        }),
    ];

    public static IReadOnlyList<FlowSchema> Schemas { get; } =
    [
        Schema(Exempt, 1, null, "system:masters"),
        Schema(CatchAll, 10_000, "ByUser", "system:unauthenticated", "system:authenticated"),
    ];

    /// <summary>True unless the name is a mandatory schema's and the spec another's.</summary>
    public static bool Allows(FlowSchema schema) =>
        Schemas.FirstOrDefault(mandatory => mandatory.Metadata.Name == schema.Metadata.Name) is not { } found || AreEqual(found.Spec, schema.Spec);

    /// <summary>True unless the name is a mandatory level's and the spec another's. What the exempt level lends and counts is the operator's to say.</summary>
    public static bool Allows(PriorityLevelConfiguration level)
    {
        if (Levels.FirstOrDefault(mandatory => mandatory.Metadata.Name == level.Metadata.Name) is not { } found || level.Spec is not { } spec)
        {
            return true;
        }

        return found.Metadata.Name == Exempt
            ? AreEqual(new PriorityLevelConfigurationSpec { Type = spec.Type, Limited = spec.Limited }, new() { Type = "Exempt" })
            : AreEqual(found.Spec, spec);
    }

    private static bool AreEqual<T>(T? left, T? right)
        where T : class =>
        left is null || right is null ? left == right : KubeJson.Serialize(left).AsSpan().SequenceEqual(KubeJson.Serialize(right));

    private static PriorityLevelConfiguration Level(string name, PriorityLevelConfigurationSpec spec) => new() { Metadata = new ObjectMeta { Name = name }, Spec = spec };

    private static FlowSchema Schema(string name, int precedence, string? distinguisher, params string[] groups) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        Spec = new()
        {
            PriorityLevelConfiguration = new() { Name = name },
            MatchingPrecedence = precedence,
            DistinguisherMethod = distinguisher is null ? null : new() { Type = distinguisher },
            Rules =
            [
                new()
                {
                    Subjects = [.. groups.Select(group => new Subject { Kind = "Group", Group = new() { Name = group } })],
                    ResourceRules = [new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"], Namespaces = ["*"], ClusterScope = true }],
                    NonResourceRules = [new() { Verbs = ["*"], NonResourceURLs = ["*"] }],
                },
            ],
        },
    };
}
