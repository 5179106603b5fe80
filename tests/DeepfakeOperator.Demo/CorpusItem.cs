namespace DeepfakeOperator.Demo;

/// <summary>One record for the source topic.</summary>
/// <param name="Id">The item's id, also the record's key.</param>
/// <param name="Value">A bare reference as JSON, or the media itself.</param>
/// <param name="ContentType">Media type of inline bytes; null for a reference.</param>
/// <param name="Expected">How it has to end: <see cref="AVerdict"/>, or the class of its error; null: nobody knows.</param>
public sealed record CorpusItem(string Id, byte[] Value, string? ContentType, string? Expected)
{
    /// <summary>Any verdict; which, is the detector's opinion.</summary>
    public const string AVerdict = "verdict";
}
