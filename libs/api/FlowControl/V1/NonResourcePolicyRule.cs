using Kube.Api.Schema;

namespace Kube.Api.FlowControl.V1;

/// <summary>Requests for other paths.</summary>
public sealed class NonResourcePolicyRule
{
    /// <summary>Methods in lower case; * means all.</summary>
    [Field(1, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? Verbs { get; set; }

    /// <summary>The paths; * stands for anything at the end.</summary>
    [Field(6, Required = true, Always = true)]
    [ListType(ListKind.Set)]
    public List<string>? NonResourceURLs { get; set; }
}
