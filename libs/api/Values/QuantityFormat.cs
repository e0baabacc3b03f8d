namespace Kube.Api.Values;

/// <summary>The three ways a <see cref="Quantity"/> is written.</summary>
public enum QuantityFormat
{
    /// <summary>Powers of ten with a letter: 100m, 5, 12M.</summary>
    DecimalSI,

    /// <summary>Powers of 1024: 64Ki, 12Mi.</summary>
    BinarySI,

    /// <summary>Powers of ten as an exponent: 12e6.</summary>
    DecimalExponent,
}
