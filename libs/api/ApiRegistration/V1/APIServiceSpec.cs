using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.ApiRegistration.V1;

/// <summary>Who serves a version of a group.</summary>
public sealed class APIServiceSpec
{
    /// <summary>The service that does; absent means this server.</summary>
    [Field(1)]
    public ServiceReference? Service { get; set; }

    /// <summary>The group.</summary>
    [Field(2)]
    public string? Group { get; set; }

    /// <summary>The version.</summary>
    [Field(3)]
    public string? Version { get; set; }

    /// <summary>Does not check the service's certificate.</summary>
    [Field(4)]
    public bool InsecureSkipTLSVerify { get; set; }

    /// <summary>The authorities that may have signed its certificate, in PEM and base64.</summary>
    [Field(5)]
    public byte[]? CaBundle { get; set; }

    /// <summary>Rank of the group; the highest comes first.</summary>
    [Field(7, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int GroupPriorityMinimum { get; set; }

    /// <summary>Rank of the version in its group; the highest comes first.</summary>
    [Field(8, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int VersionPriority { get; set; }
}
