namespace DeepfakeOperator.Demo;

/// <summary>What the playground is to have.</summary>
public sealed record PlaygroundOptions
{
    /// <summary>One node with two GPUs to give away.</summary>
    public static PlaygroundOptions OneNode { get; } = new();

    /// <summary>nvidia.com/gpu of the node; claims, not chips.</summary>
    public int Gpus { get; init; } = 2;
}
