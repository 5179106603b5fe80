using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Remote;

/// <summary>What this worker can do with a served model: the part of <see cref="Inference.DetectorSupport"/> that is about it.</summary>
internal static class RemoteSupport
{
    /// <summary>Everything that stands in the way, each naming its field; empty: it can run.</summary>
    internal static IEnumerable<string> Problems(DetectorSpec spec)
    {
        if (spec.Remote is not { } remote)
        {
            yield return "remote: required";
            yield break;
        }
        if (!Uri.TryCreate(remote.Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            yield return $"remote.endpoint: '{remote.Endpoint}' is no http: or https: address";
        else if (endpoint.UserInfo.Length > 0) yield return "remote.endpoint: must not hold credentials; use remote.apiKeySecretRef";
        if (remote.Prompts.Count == 0) yield return "remote.prompts: at least one";
        if (remote.Timeout <= TimeSpan.Zero) yield return "remote.timeout: must be longer than 0s";
        if (remote.Concurrency < 1) yield return "remote.concurrency: 1 or more";
        if (spec.Outputs.Count != 1 || spec.Outputs[0] is not { Kind: OutputKind.Text, Text: { } text })
        {
            yield return "outputs: a Remote detector has exactly one, of kind Text";
            yield break;
        }
        if (!IsPattern(text.FakePattern)) yield return $"outputs[0].text.fakePattern: '{text.FakePattern}' is no regular expression";
        if (!IsPattern(text.RealPattern)) yield return $"outputs[0].text.realPattern: '{text.RealPattern}' is no regular expression";
        if (spec.Image.Resize != ResizeMode.LongSide && (spec.Image.Width > 0 || spec.Image.Height > 0))
            yield return "image: pictures are sent as they are, or with resize LongSide and resizeTo no larger than that";
        if (spec.Face is not null) yield return "face: without effect on modality Remote; remove it";
        if (spec.Audio is not null) yield return "audio: without effect on modality Remote; remove it";
    }

    private static bool IsPattern(string pattern)
    {
        try
        {
            return pattern.Length > 0 && AnswerReader.Pattern(pattern) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
