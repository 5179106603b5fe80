using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Api.Tests.Json;

public sealed class ConverterTests
{
    private static readonly Gen<string> Hostile = Gen.OneOf(
        Gen.String, Gen.String[Gen.Char["0123456789.eE+-hmsnuKMGTPEiki \0"], 0, 40],
        Gen.Double.Select(number => $"{number}s"), Gen.Double.Select(number => $"{number}Gi"));

    [Theory]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.001s", 1_001)]
    [InlineData("0.5h", 1_800_000)]
    [InlineData("20ms", 20)]
    [InlineData("0s", 0)]
    public void Durations_are_read_as_Go_reads_them(string text, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Duration(text));

    [Fact]
    public void A_duration_comes_back_to_the_millisecond() => Gen.Long[0, int.MaxValue * 1000L].Sample(milliseconds =>
        Duration(DurationConverter.Format(TimeSpan.FromMilliseconds(milliseconds))) == TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1e5s")]
    [InlineData("-1s")]
    [InlineData("NaNs")]
    [InlineData("1.2.3s")]
    [InlineData("1d")]
    [InlineData("99999999999999999999999999999h")]
    [InlineData("99999999999999999999999999999999999999999999s")]
    [InlineData("2147483647s1ms")]
    public void What_is_no_duration_is_named(string text) => ExpectNamed(text, () => Duration(text));

    [Fact]
    public void A_huge_number_of_hours_is_no_duration() => Assert.False(DurationConverter.TryParse($"1{new string('0', 300)}h", out _));

    [Theory]
    [InlineData("512Mi", 512L << 20)]
    [InlineData("1.5Gi", 3L << 29)]
    [InlineData("1G", 1_000_000_000)]
    [InlineData("1.333Ki", 1365)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Quantities_are_read_as_Kubernetes_reads_them(string text, long bytes) => Assert.Equal(bytes, Quantity($"\"{text}\""));

    [Fact]
    public void A_bare_number_is_bytes() => Assert.Equal(1048576, Quantity("1048576"));

    [Fact]
    public void A_quantity_comes_back() => Gen.Long[0, long.MaxValue].Sample(bytes => Quantity($"\"{QuantityConverter.Format(bytes)}\"") == bytes);

    [Theory]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("1e3")]
    [InlineData("-1")]
    [InlineData("1Ki1")]
    [InlineData("0x10")]
    [InlineData("9223372036854775808")]
    [InlineData("7.99999999999999999999999999Ei")]
    [InlineData("99999999999999999999E")]
    [InlineData("99999999999999999999999999999999999999")]
    public void What_is_no_quantity_is_named(string text) => ExpectNamed(text, () => Quantity($"\"{text}\""));

    [Theory]
    [InlineData("1.5e30", "1.5e30")]
    [InlineData("-1", "-1")]
    [InlineData("true", "true")]
    [InlineData("[1]", "[")]
    [InlineData("{}", "{")]
    public void A_value_of_another_kind_is_named(string json, string named)
    {
        ExpectNamed(named, () => Quantity(json));
        ExpectNamed(named, () => JsonSerializer.Deserialize<BatchSpec>($$"""{"maxDelay":{{json}}}""", ApiJson.Options));
    }

    [Fact]
    public void Hostile_text_gives_a_value_or_a_JsonException_and_nothing_else() => Hostile.Sample(text =>
    {
        var json = JsonValue.Create(text).ToJsonString();
        foreach (var read in new Action[]
        {
            () => JsonSerializer.Deserialize<BatchSpec>($$"""{"maxDelay":{{json}}}""", ApiJson.Options),
            () => JsonSerializer.Deserialize<MediaSpec>($$"""{"maxBytes":{{json}}}""", ApiJson.Options),
        })
        {
            try
            {
                read();
            }
            catch (JsonException)
            {
            }
        }
    });

    private static void ExpectNamed(string text, Action read) =>
        Assert.Contains($"'{text}'", Assert.Throws<JsonException>(read).Message, StringComparison.Ordinal);

    private static TimeSpan Duration(string text) =>
        JsonSerializer.Deserialize<BatchSpec>(new JsonObject { ["maxDelay"] = text }, ApiJson.Options)!.MaxDelay;

    private static long Quantity(string json) => JsonSerializer.Deserialize<MediaSpec>($$"""{"maxBytes":{{json}}}""", ApiJson.Options)!.MaxBytes;
}
