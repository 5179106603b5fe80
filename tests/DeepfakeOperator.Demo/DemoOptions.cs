namespace DeepfakeOperator.Demo;

/// <summary>What the person asked for.</summary>
/// <param name="Corpus">Folder of the media.</param>
/// <param name="Keep">Leave the cluster up when done.</param>
public sealed record DemoOptions(string Corpus, bool Keep);
