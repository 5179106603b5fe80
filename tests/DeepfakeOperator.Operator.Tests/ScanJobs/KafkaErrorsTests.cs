using Confluent.Kafka;
using DeepfakeOperator.Operator.Kafka;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

public sealed class KafkaErrorsTests
{
    /// <summary>As librdkafka says them.</summary>
    [Theory]
    [InlineData("sasl_plaintext://127.0.0.1:42415/bootstrap: SASL authentication error: Invalid username or password (after 381ms in state AUTH_REQ)",
        "SASL authentication error: Invalid username or password")]
    [InlineData("127.0.0.1:9/bootstrap: Connect to ipv4#127.0.0.1:9 failed: Connection refused (after 0ms in state CONNECT, 3 identical error(s) suppressed)",
        "Connect to ipv4#127.0.0.1:9 failed: Connection refused")]
    [InlineData("1/1 brokers are down", "1/1 brokers are down")]
    public void The_same_error_has_the_same_words_each_time(string said, string kept) =>
        Assert.Contains($", connecting: {kept} (",
            KafkaErrors.Explain(new Error(ErrorCode.Local_Transport, said), "connecting", "kafka:9092").Message, StringComparison.Ordinal);
}
