using System.Text.Json.Nodes;

namespace DeepfakeOperator.Api.Tests.Rules;

/// <summary>Objects on both sides of one CEL rule.</summary>
/// <param name="At">Place of the rule in the schema.</param>
/// <param name="Rule">Its message.</param>
/// <param name="Field">Where the fault is said to be.</param>
/// <param name="Before">Rules on changes: the object that is there; else null.</param>
/// <param name="Accepted">Keeps the rule.</param>
/// <param name="Refused">Breaks it and no other; null: there is none.</param>
internal sealed record RuleCase(string At, string Rule, string? Field, JsonObject? Before, JsonObject Accepted, JsonObject? Refused);
