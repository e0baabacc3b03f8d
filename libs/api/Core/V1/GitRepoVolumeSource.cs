using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>A git repository's contents.</summary>
public sealed class GitRepoVolumeSource
{
    /// <summary>Address of the repository.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Repository { get; set; }

    /// <summary>Commit to check out.</summary>
    [Field(2)]
    public string? Revision { get; set; }

    /// <summary>Directory to put it in.</summary>
    [Field(3)]
    public string? Directory { get; set; }
}
