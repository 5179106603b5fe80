namespace DeepfakeOperator.Api.Validation;

/// <summary>One CEL rule in C#.</summary>
/// <param name="Field">Where the API server says the fault is, from the object that the rule is about; empty: the object itself.</param>
/// <param name="Message">The rule's message.</param>
/// <param name="Holds">The rule.</param>
internal sealed record Rule<T>(string Field, string Message, Func<T, bool> Holds)
{
    /// <summary>The rules that an object breaks, as <c>field: message</c>.</summary>
    public static IEnumerable<string> Violations(IEnumerable<Rule<T>> rules, string path, T value) =>
        rules.Where(rule => !rule.Holds(value)).Select(rule => $"{(rule.Field.Length > 0 ? $"{path}.{rule.Field}" : path)}: {rule.Message}");
}
