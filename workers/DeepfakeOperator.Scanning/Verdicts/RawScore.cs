namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>P(fake) of one unit or one item, with its logit kept apart because a probability near 0 or 1 has lost it.</summary>
/// <param name="Probability">0 (real) to 1 (fake).</param>
/// <param name="Logit">ln(p ÷ (1 − p)), finite.</param>
internal readonly record struct RawScore(double Probability, double Logit)
{
    /// <summary>Probabilities are held this far from 0 and 1 before a logit is taken, so that it stays finite (±20.7).</summary>
    private const double Edge = 1e-9;

    internal static RawScore FromLogit(double logit) => new(Sigmoid(logit), logit);

    internal static RawScore FromProbability(double probability) => new(probability, LogitOf(probability));

    internal static double Sigmoid(double x)
    {
        // exp of a positive number may overflow; of a negative one it only becomes 0.
        if (x >= 0) return 1 / (1 + Math.Exp(-x));
        var e = Math.Exp(x);
        return e / (1 + e);
    }

    internal static double LogitOf(double probability)
    {
        var p = Math.Clamp(probability, Edge, 1 - Edge);
        return Math.Log(p / (1 - p));
    }
}
