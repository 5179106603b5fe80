namespace DeepfakeOperator.Api.Internal;

/// <summary>Keys that a Kafka secret may have; any other is an error, so that a misspelt one is noticed.</summary>
public static class KafkaAuthKeys
{
    /// <summary>All of them. <c>ca.crt</c>, <c>tls.crt</c> and <c>tls.key</c> hold PEM text.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["security.protocol", "sasl.mechanism", "sasl.username", "sasl.password", "ca.crt", "tls.crt", "tls.key"];

    /// <summary>The librdkafka setting that a key's value is given to.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The key is none of <see cref="All"/>.</exception>
    public static string SettingOf(string key) => key switch
    {
        "security.protocol" or "sasl.mechanism" or "sasl.username" or "sasl.password" => key,
        "ca.crt" => "ssl.ca.pem",
        "tls.crt" => "ssl.certificate.pem",
        "tls.key" => "ssl.key.pem",
        _ => throw new ArgumentOutOfRangeException(nameof(key), key, "no key of a Kafka secret"),
    };
}
