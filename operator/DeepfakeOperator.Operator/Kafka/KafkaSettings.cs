using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Kafka;

/// <summary>How to reach a Kafka cluster. Holds secrets: never logged, never part of a message.</summary>
internal sealed class KafkaSettings
{
    private readonly SortedDictionary<string, string> _settings;
    private readonly IReadOnlyList<(string Key, string Value)> _secrets;

    private KafkaSettings(SortedDictionary<string, string> settings, IReadOnlyList<(string Key, string Value)> secrets)
    {
        _settings = settings;
        _secrets = secrets;
        Bootstrap = settings["bootstrap.servers"];
        var text = string.Join('\n', settings.Select(pair => $"{pair.Key}={pair.Value}"));
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    public string Bootstrap { get; }

    /// <summary>The same for jobs that may share a connection.</summary>
    public string Fingerprint { get; }

    /// <param name="source">The job's source.</param>
    /// <param name="secret">Contents of its secret; null: it names none.</param>
    /// <exception cref="BlockedException">The secret has a key that is not known, or lacks one that is needed.</exception>
    public static KafkaSettings From(KafkaSourceSpec source, IReadOnlyDictionary<string, byte[]>? secret)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var secrets = new List<(string, string)>();
        foreach (var (name, value) in source.Properties) settings[name] = value;
        foreach (var (key, value) in secret ?? new Dictionary<string, byte[]>())
        {
            if (!KafkaAuthKeys.All.Contains(key)) throw Invalid(source, $"has the unknown key '{key}'; keys it may have: {string.Join(", ", KafkaAuthKeys.All)}");
            var text = Encoding.UTF8.GetString(value).TrimEnd('\r', '\n');
            settings[KafkaAuthKeys.SettingOf(key)] = text;
            if (text.Length > 0) secrets.Add((key, text));
        }
        Complete(source, settings);
        settings["bootstrap.servers"] = source.BootstrapServers;
        return new KafkaSettings(settings, secrets);
    }

    /// <summary>A message without what came from the secret: a password under the wrong key is quoted in the client's complaint.</summary>
    public string Redact(string message) => _secrets.Aggregate(
        message, (text, secret) => text.Replace(secret.Value, $"(the secret's {secret.Key})", StringComparison.OrdinalIgnoreCase));

    /// <summary>A client's configuration: these settings with the operator's own over them.</summary>
    public Dictionary<string, string> With(ClientConfig own)
    {
        var all = new Dictionary<string, string>(_settings);
        foreach (var (name, value) in own) all[name] = value;
        return all;
    }

    private static void Complete(KafkaSourceSpec source, SortedDictionary<string, string> settings)
    {
        var protocol = settings.GetValueOrDefault("security.protocol");
        if (protocol is null && settings.Keys.FirstOrDefault(name => name.StartsWith("sasl.", StringComparison.Ordinal)) is { } credential)
        {
            // Without it the client would speak plain text, and the broker would hang up without a word.
            throw Invalid(
                source, $"has {credential} but lacks the key 'security.protocol'. Add it: SASL_SSL, or SASL_PLAINTEXT where there is no TLS");
        }
        if (protocol is null && settings.Keys.Any(name => name.StartsWith("ssl.", StringComparison.Ordinal)))
        {
            throw Invalid(source, "has certificates but lacks the key 'security.protocol'. Add it: SSL, or SASL_SSL where there is a password too");
        }
        var sasl = protocol?.StartsWith("sasl", StringComparison.OrdinalIgnoreCase) == true;
        if (!sasl) return;
        foreach (var needed in (string[])["sasl.mechanism", "sasl.username", "sasl.password"])
        {
            var oauth = settings.GetValueOrDefault("sasl.mechanism") is "OAUTHBEARER" or "GSSAPI";
            if (oauth || settings.ContainsKey(needed) || (needed == "sasl.mechanism" && settings.ContainsKey("sasl.mechanisms"))) continue;
            throw Invalid(source, $"lacks the key '{needed}', which security.protocol {settings["security.protocol"]} needs");
        }
    }

    private static BlockedException Invalid(KafkaSourceSpec source, string what) =>
        new(Reasons.SecretInvalid, $"secret '{source.AuthSecretRef?.Name}' (spec.source.kafka.authSecretRef) {what}");
}
