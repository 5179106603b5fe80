namespace DeepfakeOperator.Api;

/// <summary>An object of the same namespace.</summary>
public sealed record LocalReference
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";
}
