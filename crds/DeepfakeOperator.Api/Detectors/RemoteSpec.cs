using System.Text.Json.Serialization;
using DeepfakeOperator.Api.Json;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>A served model with an OpenAI-compatible chat endpoint.</summary>
public sealed record RemoteSpec
{
    /// <summary>Base address, up to and without /chat/completions.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Name of the model there.</summary>
    public string Model { get; init; } = "";

    /// <summary>Secret with the key <c>apiKey</c>.</summary>
    public LocalReference? ApiKeySecretRef { get; init; }

    /// <summary>Prompts, one request each; <c>{scores}</c> stands for the other detectors' scores.</summary>
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>Longest answer.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Images sent with one prompt.</summary>
    public int MaxImages { get; init; } = 1;

    /// <summary>Wall clock for one request; a duration such as <c>60s</c> in YAML.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Requests that one worker has open at once.</summary>
    public int Concurrency { get; init; } = 4;
}
