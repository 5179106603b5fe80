using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Records;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace DeepfakeOperator.Scanning.Remote;

/// <summary>
/// Asks a served model over the OpenAI-compatible chat interface: <c>POST …/chat/completions</c>. The key goes into one header and nowhere else; what
/// the server says besides the answer is not repeated, since it may quote what it was sent.
/// </summary>
internal sealed class ChatClient : IDisposable
{
    private const int MaxRetries = 3;

    /// <summary>No answer is longer; a server that goes on and on is cut off.</summary>
    private const int MaxAnswerBytes = 4 << 20;

    private readonly RemoteSpec _spec;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _room;
    private readonly ResiliencePipeline _retries;

    internal ChatClient(RemoteSpec spec, string? apiKey, TimeProvider time)
    {
        (_spec, _room) = (spec, new SemaphoreSlim(spec.Concurrency));
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A key must not follow a redirect to somebody else.
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        })
        {
            BaseAddress = new Uri(spec.Endpoint.TrimEnd('/') + "/"),
            MaxResponseContentBufferSize = MaxAnswerBytes,
            // The wall clock of an attempt is Polly's.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (apiKey is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        _retries = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<BusyException>().Handle<HttpRequestException>().Handle<TimeoutRejectedException>(),
                MaxRetryAttempts = MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = TimeSpan.FromSeconds(20),
                DelayGenerator = arguments => new ValueTask<TimeSpan?>((arguments.Outcome.Exception as BusyException)?.RetryAfter),
            })
            .AddTimeout(spec.Timeout)
            .Build();
    }

    /// <summary>The model's answer to one prompt about the pictures, which are JPEG.</summary>
    /// <exception cref="ScanPipelineItemException">There is none, also after retries.</exception>
    internal async Task<string> AskAsync(string prompt, IReadOnlyList<byte[]> pictures, CancellationToken ct)
    {
        var attempts = 0;
        await _room.WaitAsync(ct);
        try
        {
            return await _retries.ExecuteAsync(async token =>
            {
                attempts++;
                return await AskOnceAsync(prompt, pictures, token);
            }, ct);
        }
        catch (Exception error) when (error is BusyException or HttpRequestException or TimeoutRejectedException)
        {
            var why = error switch
            {
                BusyException => error.Message,
                TimeoutRejectedException => $"no answer within remote.timeout ({_spec.Timeout.TotalSeconds:0.###} s)",
                _ => "it cannot be reached",
            };
            throw new ScanPipelineItemException(ErrorClass.InferenceFailed, ScanPipelineItemException.InferStage,
                $"the remote model was given up after {attempts} attempts: {why}", error) { Attempts = attempts };
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _room.Dispose();
    }

    private async Task<string> AskOnceAsync(string prompt, IReadOnlyList<byte[]> pictures, CancellationToken ct)
    {
        using var response = await _http.PostAsJsonAsync("chat/completions", Question(prompt, pictures), ct);
        var code = (int)response.StatusCode;
        if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || code >= 500)
            throw new BusyException($"the server says {code}", response.Headers.RetryAfter?.Delta);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw ScanPipelineItemException.Infer($"the remote model refuses the key ({code}); check remote.apiKeySecretRef");
        if (!response.IsSuccessStatusCode)
            throw ScanPipelineItemException.Infer($"the remote model says {code}; check remote.endpoint and remote.model");
        return Answer(await response.Content.ReadAsByteArrayAsync(ct));
    }

    private JsonObject Question(string prompt, IReadOnlyList<byte[]> pictures)
    {
        var content = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = prompt });
        foreach (var picture in pictures)
        {
            content.Add(new JsonObject
            {
                ["type"] = "image_url",
                ["image_url"] = new JsonObject { ["url"] = "data:image/jpeg;base64," + Convert.ToBase64String(picture) },
            });
        }
        return new JsonObject
        {
            ["model"] = _spec.Model,
            ["max_tokens"] = _spec.MaxTokens,
            // The same item must get the same verdict again.
            ["temperature"] = 0,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = content }),
        };
    }

    private static string Answer(byte[] body)
    {
        try
        {
            return (string?)JsonNode.Parse(body)?["choices"]?[0]?["message"]?["content"] ?? throw new JsonException("no content");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentOutOfRangeException or FormatException)
        {
            throw ScanPipelineItemException.Infer(
                "the remote model's answer is no chat completion with choices[0].message.content; check remote.endpoint", error);
        }
    }

    /// <summary>The server cannot answer now.</summary>
    private sealed class BusyException(string message, TimeSpan? retryAfter) : Exception(message)
    {
        internal TimeSpan? RetryAfter { get; } = retryAfter;
    }
}
