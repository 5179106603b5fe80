using System.Text.RegularExpressions;
using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Remote;

/// <summary>From what a language model says to a label, by the descriptor's two patterns.</summary>
internal sealed class AnswerReader
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly Regex _fake;
    private readonly Regex _real;

    /// <exception cref="ArgumentException">A pattern is no regular expression.</exception>
    internal AnswerReader(TextSpec text) => (_fake, _real) = (Pattern(text.FakePattern), Pattern(text.RealPattern));

    internal static Regex Pattern(string pattern) => new(pattern, RegexOptions.CultureInvariant, Timeout);

    /// <summary>True: it means fake; false: real; null: it matches neither pattern, or both, and nobody guesses.</summary>
    internal bool? Read(string answer)
    {
        try
        {
            var (fake, real) = (_fake.IsMatch(answer), _real.IsMatch(answer));
            return fake == real ? null : fake;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }
}
