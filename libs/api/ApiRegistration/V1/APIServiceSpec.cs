using System.Text.Json.Serialization;
using Kube.Api.Schema;

namespace Kube.Api.ApiRegistration.V1;

public sealed class APIServiceSpec
{
    [Field(1)]
    public ServiceReference? Service { get; set; }

    [Field(2)]
    public string? Group { get; set; }

    [Field(3)]
    public string? Version { get; set; }

    [Field(4)]
    public bool InsecureSkipTLSVerify { get; set; }

    [Field(5)]
    public byte[]? CaBundle { get; set; }

    [Field(7, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int GroupPriorityMinimum { get; set; }

    [Field(8, Required = true, Always = true)]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int VersionPriority { get; set; }
}
