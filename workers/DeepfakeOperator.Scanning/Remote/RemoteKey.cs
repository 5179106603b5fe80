using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning.Remote;

/// <summary>The key of a served model, from the folder that Secrets are mounted in.</summary>
internal static class RemoteKey
{
    private const string FileName = "apiKey";

    /// <summary>The key; null where the descriptor names no Secret.</summary>
    /// <param name="remote">The descriptor's part.</param>
    /// <param name="secretsFolder">One folder a Secret, one file a key; null: there is none.</param>
    /// <param name="ct">Ends the reading.</param>
    /// <exception cref="DetectorException">The Secret is not there. The message does not hold it.</exception>
    internal static async Task<string?> ReadAsync(RemoteSpec remote, string? secretsFolder, CancellationToken ct)
    {
        if (remote.ApiKeySecretRef is not { } secret) return null;
        if (secretsFolder is null) throw Missing(secret.Name, "no Secret is mounted for detectors");
        try
        {
            var key = (await File.ReadAllTextAsync(Path.Combine(secretsFolder, secret.Name, FileName), ct)).Trim();
            var plain = key.Length > 0 && key.All(letter => letter is > ' ' and < '\x7f');
            return plain ? key : throw Missing(secret.Name, "its apiKey is empty, or no plain text");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Missing(secret.Name, "it has no readable key apiKey");
        }
    }

    private static DetectorException Missing(string name, string why) => new("SecretMissing", $"remote.apiKeySecretRef: Secret '{name}': {why}");
}
