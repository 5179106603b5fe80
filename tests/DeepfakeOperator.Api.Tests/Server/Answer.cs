using System.Net;
using System.Text.Json.Nodes;

namespace DeepfakeOperator.Api.Tests.Server;

/// <summary>An answer of the API server.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonObject Body)
{
    public bool Accepted => Status is HttpStatusCode.OK or HttpStatusCode.Created;

    /// <summary>Why an object was refused, one a fault.</summary>
    public IReadOnlyList<(string Field, string Reason, string Message)> Causes =>
        Body["details"]?["causes"]?.AsArray()
            .Select(cause => ((string?)cause!["field"] ?? "", (string?)cause["reason"] ?? "", (string?)cause["message"] ?? "")).ToList() ?? [];

    public override string ToString() => $"{(int)Status} {(string?)Body["message"] ?? Body.ToJsonString()}";
}
