namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>A fetch failed in a way that may pass.</summary>
internal sealed class TransientFetchException(string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the server asked for with 429 or 503.</summary>
    internal TimeSpan? RetryAfter { get; } = retryAfter;
}
