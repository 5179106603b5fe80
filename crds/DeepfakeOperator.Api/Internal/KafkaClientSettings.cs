using System.Text;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Api.Internal;

/// <summary>librdkafka settings of a ScanJob's cluster, the same for the operator and its workers. Holds secrets: never logged, never part of a message.</summary>
public static class KafkaClientSettings
{
    /// <summary>The job's properties, its secret over them, its bootstrap servers over all.</summary>
    /// <param name="source">The job's source.</param>
    /// <param name="secret">Contents of its secret by key; null: it names none.</param>
    /// <exception cref="FormatException">The secret has an unknown key, or lacks one that is needed; the message names the key, never a value.</exception>
    public static SortedDictionary<string, string> Of(KafkaSourceSpec source, IReadOnlyDictionary<string, byte[]>? secret)
    {
        ArgumentNullException.ThrowIfNull(source);
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in source.Properties) settings[name] = value;
        foreach (var (key, value) in secret ?? new Dictionary<string, byte[]>())
        {
            if (!KafkaAuthKeys.All.Contains(key)) throw Invalid(source, $"has the unknown key '{key}'; keys it may have: {string.Join(", ", KafkaAuthKeys.All)}");
            settings[KafkaAuthKeys.SettingOf(key)] = Encoding.UTF8.GetString(value).TrimEnd('\r', '\n');
        }
        RequireComplete(source, settings);
        settings["bootstrap.servers"] = source.BootstrapServers;
        return settings;
    }

    private static void RequireComplete(KafkaSourceSpec source, SortedDictionary<string, string> settings)
    {
        if (settings.GetValueOrDefault("security.protocol")?.StartsWith("sasl", StringComparison.OrdinalIgnoreCase) != true) return;
        if (settings.GetValueOrDefault("sasl.mechanism") is "OAUTHBEARER" or "GSSAPI") return;
        foreach (var needed in (string[])["sasl.mechanism", "sasl.username", "sasl.password"])
        {
            if (settings.ContainsKey(needed) || (needed == "sasl.mechanism" && settings.ContainsKey("sasl.mechanisms"))) continue;
            throw Invalid(source, $"lacks the key '{needed}', which security.protocol {settings["security.protocol"]} needs");
        }
    }

    private static FormatException Invalid(KafkaSourceSpec source, string what) =>
        new($"secret '{source.AuthSecretRef?.Name}' (spec.source.kafka.authSecretRef) {what}");
}
