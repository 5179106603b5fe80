using System.Globalization;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning.Remote;

/// <summary>A detector that is a served model: its prompts, its patterns, its server.</summary>
internal sealed class RemoteModel : IDisposable
{
    /// <summary>What a prompt says where the other detectors' scores shall stand.</summary>
    private const string ScoresMark = "{scores}";

    private readonly RemoteSpec _remote;
    private readonly AnswerReader _reader;
    private readonly ChatClient _client;

    private RemoteModel(DetectorSpec spec, string? apiKey, TimeProvider time)
    {
        _remote = spec.Remote!;
        _reader = new AnswerReader(spec.Outputs.First(output => output.Kind == OutputKind.Text).Text!);
        _client = new ChatClient(_remote, apiKey, time);
    }

    /// <summary>Reads the key and checks the descriptor; the server is first spoken to when there is something to ask.</summary>
    /// <exception cref="DetectorException">The descriptor cannot be run, or the Secret is not there.</exception>
    internal static async Task<RemoteModel> LoadAsync(DetectorSpec spec, ScanPipelineOptions options, CancellationToken ct)
    {
        string[] problems = [.. RemoteSupport.Problems(spec)];
        if (problems.Length > 0) throw new DetectorException("DescriptorInvalid", string.Join("; ", problems));
        return new RemoteModel(spec, await RemoteKey.ReadAsync(spec.Remote!, options.DetectorSecretsFolder, ct), options.TimeProvider);
    }

    /// <summary>One answer a prompt.</summary>
    /// <param name="pictures">JPEG files.</param>
    /// <param name="scores">What the other detectors of the job say of the item.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="ScanPipelineItemException">The server does not answer.</exception>
    internal async Task<IReadOnlyList<RemoteAnswer>> AskAsync(
        IReadOnlyList<byte[]> pictures, IReadOnlyList<(string Detector, double? Score)> scores, CancellationToken ct)
    {
        var evidence = Evidence(scores);
        var answers = await Task.WhenAll(_remote.Prompts.Select(prompt =>
            _client.AskAsync(prompt.Replace(ScoresMark, evidence, StringComparison.Ordinal), pictures, ct)));
        return [.. answers.Select(answer => new RemoteAnswer(answer, _reader.Read(answer)))];
    }

    public void Dispose() => _client.Dispose();

    private static string Evidence(IReadOnlyList<(string Detector, double? Score)> scores) => scores.Count == 0
        ? "none"
        : string.Join("\n", scores.Select(score =>
            $"{score.Detector}: {score.Score?.ToString("0.000", CultureInfo.InvariantCulture) ?? "not applicable"}"));
}
