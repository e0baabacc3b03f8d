using Kube.Api.Schema;

namespace Kube.Api.Authorization.V1;

/// <summary>Something that may be done with other paths.</summary>
public sealed class NonResourceRule
{
    /// <summary>What may be done; * means all.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Atomic)]
    public List<string>? Verbs { get; set; }

    /// <summary>The paths; * stands for anything at the end.</summary>
    [Field(2)]
    [ListType(ListKind.Atomic)]
    public List<string>? NonResourceURLs { get; set; }
}
