using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Cli.Check;

/// <summary>One detector's check, as it is written as JSON.</summary>
/// <param name="Detector">The detector's name.</param>
/// <param name="Passed">True: it does what its descriptor says.</param>
/// <param name="Reason">One CamelCase word, that of the Ready condition.</param>
/// <param name="Message">What was found, which field is the likely cause, and what to do.</param>
/// <param name="Provider">Where the model ran.</param>
/// <param name="WorstDelta">Largest difference from the expected outputs.</param>
internal sealed record CheckReport(string Detector, bool Passed, string Reason, string Message, string? Provider, double? WorstDelta)
{
    internal static CheckReport Of(string detector, DetectorCheck check) =>
        new(detector, check.Passed, check.Reason, check.Message, check.Provider, check.WorstDelta);
}
