using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A command run in the container.</summary>
public sealed class ExecAction
{
    /// <summary>Program and arguments, without a shell; exit code 0 means well.</summary>
    [Field(1)]
    [ListType(ListKind.Atomic)]
    public List<string>? Command { get; set; }
}
