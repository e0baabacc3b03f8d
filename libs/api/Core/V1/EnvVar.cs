using Kube.Api.Schema;

namespace Kube.Api.Core.V1;

/// <summary>An environment variable.</summary>
public sealed class EnvVar
{
    /// <summary>Name of the variable.</summary>
    [Field(1, Required = true, Always = true)]
    public string? Name { get; set; }

    /// <summary>Its value; $(NAME) stands for a variable defined before, $$ for a dollar sign.</summary>
    [Field(2)]
    public string? Value { get; set; }

    /// <summary>Where the value comes from, in place of value.</summary>
    [Field(3)]
    public EnvVarSource? ValueFrom { get; set; }
}
