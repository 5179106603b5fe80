using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Records;

/// <summary>What a scan says of an item.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>Score at or above <c>verdict.fakeAtOrAbove</c>.</summary>
    Fake,

    /// <summary>Score at or below <c>verdict.realAtOrBelow</c>.</summary>
    Real,

    /// <summary>Between the two, or a gate says that the score cannot be trusted.</summary>
    Inconclusive,

    /// <summary>No detector of the job takes the item.</summary>
    NotApplicable,
}
