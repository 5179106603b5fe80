namespace DeepfakeOperator.Scanning.Remote;

/// <summary>What a served model said to one prompt.</summary>
/// <param name="Text">Its answer.</param>
/// <param name="Fake">What that means; null: nothing that can be told.</param>
internal sealed record RemoteAnswer(string Text, bool? Fake);
