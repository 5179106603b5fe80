using System.Security.Cryptography;
using System.Text;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Api.Internal;

/// <summary>How to reach a ScanJob's Kafka cluster, the same for the operator and its workers. Holds secrets: never logged, never part of a message.</summary>
public sealed class KafkaClientSettings
{
    private readonly SortedDictionary<string, string> _settings;
    private readonly IReadOnlyList<(string Key, string Value)> _secrets;

    private KafkaClientSettings(SortedDictionary<string, string> settings, IReadOnlyList<(string Key, string Value)> secrets)
    {
        _settings = settings;
        _secrets = secrets;
        Bootstrap = settings["bootstrap.servers"];
        var text = string.Join('\n', settings.Select(pair => $"{pair.Key}={pair.Value}"));
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The brokers to begin with.</summary>
    public string Bootstrap { get; }

    /// <summary>The same for jobs that may share a connection.</summary>
    public string Fingerprint { get; }

    /// <summary>The job's properties, its secret over them, its bootstrap servers over all.</summary>
    /// <param name="source">The job's source.</param>
    /// <param name="secret">Contents of its secret by key; null: it names none.</param>
    /// <exception cref="FormatException">The secret has an unknown key, or lacks one that is needed; the message names the key, never a value.</exception>
    public static KafkaClientSettings Of(KafkaSourceSpec source, IReadOnlyDictionary<string, byte[]>? secret)
    {
        ArgumentNullException.ThrowIfNull(source);
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
        RequireComplete(source, settings);
        settings["bootstrap.servers"] = source.BootstrapServers;
        return new KafkaClientSettings(settings, secrets);
    }

    /// <summary>A client's settings: these, with its own over them.</summary>
    public Dictionary<string, string> With(IEnumerable<KeyValuePair<string, string>> own)
    {
        ArgumentNullException.ThrowIfNull(own);
        var all = new Dictionary<string, string>(_settings);
        foreach (var (name, value) in own) all[name] = value;
        return all;
    }

    /// <summary>A message without what came from the secret: a password under the wrong key is quoted in the client's complaint.</summary>
    public string Redact(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _secrets.Aggregate(message, (text, secret) => text.Replace(secret.Value, $"(the secret's {secret.Key})", StringComparison.OrdinalIgnoreCase));
    }

    private static void RequireComplete(KafkaSourceSpec source, SortedDictionary<string, string> settings)
    {
        var protocol = settings.GetValueOrDefault("security.protocol");
        if (protocol is null && settings.Keys.FirstOrDefault(name => name.StartsWith("sasl.", StringComparison.Ordinal)) is { } credential)
        {
            // Without it the client would speak plain text, and the broker would hang up without a word.
            throw Invalid(source, $"has {credential} but lacks the key 'security.protocol'. Add it: SASL_SSL, or SASL_PLAINTEXT where there is no TLS");
        }
        if (protocol is null && settings.Keys.Any(name => name.StartsWith("ssl.", StringComparison.Ordinal)))
            throw Invalid(source, "has certificates but lacks the key 'security.protocol'. Add it: SSL, or SASL_SSL where there is a password too");
        if (protocol?.StartsWith("sasl", StringComparison.OrdinalIgnoreCase) != true) return;
        if ((settings.GetValueOrDefault("sasl.mechanism") ?? settings.GetValueOrDefault("sasl.mechanisms")) is "OAUTHBEARER" or "GSSAPI") return;
        foreach (var needed in (string[])["sasl.mechanism", "sasl.username", "sasl.password"])
        {
            if (settings.ContainsKey(needed) || (needed == "sasl.mechanism" && settings.ContainsKey("sasl.mechanisms"))) continue;
            throw Invalid(source, $"lacks the key '{needed}', which security.protocol {protocol} needs");
        }
    }

    private static FormatException Invalid(KafkaSourceSpec source, string what) => new(source.AuthSecretRef is { } secret
        ? $"secret '{secret.Name}' (spec.source.kafka.authSecretRef) {what}"
        : $"spec.source.kafka.properties {what}; credentials belong into a secret that spec.source.kafka.authSecretRef names");
}
