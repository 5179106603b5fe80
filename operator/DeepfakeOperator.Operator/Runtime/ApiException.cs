using System.Net;

namespace DeepfakeOperator.Operator.Runtime;

/// <summary>The API server refused a request, and this is what it said.</summary>
internal sealed class ApiException(HttpStatusCode status, string reason, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>The machine-readable word, such as <c>AlreadyExists</c> or <c>Conflict</c>.</summary>
    public string Reason { get; } = reason;

    /// <summary>How long the server asks to be left alone (429).</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>Two different things share 409; only the reason tells them apart.</summary>
    public bool IsAlreadyExists => Status == HttpStatusCode.Conflict && Reason == "AlreadyExists";

    public bool IsConflict => Status == HttpStatusCode.Conflict && Reason != "AlreadyExists";

    /// <summary>The resourceVersion is older than the server remembers: only a fresh list helps.</summary>
    public bool IsExpired => Status == HttpStatusCode.Gone;
}
