using System.Text.RegularExpressions;
using Confluent.Kafka;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Kafka;

/// <summary>What a Kafka error means to the person who wrote the ScanJob.</summary>
internal static partial class KafkaErrors
{
    /// <param name="error">What the client said.</param>
    /// <param name="doing">What was tried, as a clause such as "reading the offsets of 'media'".</param>
    /// <param name="bootstrap">The cluster.</param>
    public static BlockedException Explain(Error error, string doing, string bootstrap)
    {
        var said = $"Kafka at {bootstrap}, {doing}: {Chatter().Replace(error.Reason, "")} ({error.Code})";
        return error.Code switch
        {
            ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.UnsupportedSaslMechanism or ErrorCode.IllegalSaslState =>
                new(Reasons.KafkaAuthenticationFailed, $"{said}. Mend the secret of spec.source.kafka.authSecretRef"),
            ErrorCode.Local_Ssl =>
                new(Reasons.KafkaAuthenticationFailed, $"{said}. Check ca.crt, tls.crt and tls.key in the secret of spec.source.kafka.authSecretRef"),
            ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed
                or ErrorCode.TransactionalIdAuthorizationFailed =>
                new(Reasons.KafkaDenied, $"{said}. The user needs Describe and Read on the source topics, Write on the results, and everything on topics, groups and transactional ids of its own"),
            ErrorCode.Local_InvalidArg or ErrorCode.Local_UnknownProtocol or ErrorCode.Local_NotImplemented =>
                new(Reasons.KafkaConfigurationInvalid, $"{said}. Check spec.source.kafka.properties"),
            ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_TimedOut or ErrorCode.Local_Resolve or ErrorCode.RequestTimedOut
                or ErrorCode.Local_TimedOutQueue or ErrorCode.Local_MsgTimedOut or ErrorCode.BrokerNotAvailable or ErrorCode.LeaderNotAvailable =>
                new(Reasons.KafkaUnreachable, $"{said}. Check spec.source.kafka.bootstrapServers, the brokers and network policies"),
            _ => new(Reasons.KafkaFailed, said),
        };
    }

    /// <summary>
    /// Which of its connections it was and how many milliseconds it took: different each time, and a message that differs is a status write and an Event.
    /// </summary>
    [GeneratedRegex(@"^(\w+://)?[^\s/]+/(bootstrap|\d+): | \((after \d+ms|\d+ identical).*\)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Chatter();

    public static bool IsUnreachable(BlockedException error) => error.Reason is Reasons.KafkaUnreachable or Reasons.KafkaAuthenticationFailed;

    public static bool IsUnsupported(ErrorCode code) => code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion or ErrorCode.InvalidRequest;
}
