using System.Text;
using Confluent.Kafka;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Feeds;

namespace DeepfakeOperator.Scanning.Tests.Feeds;

public sealed class ItemParserTests
{
    private const string Sha = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void A_bare_reference_gives_all_its_fields()
    {
        var item = Parse($$"""{"id":"a1","uri":"https://m.example.org/1.jpg","contentType":"image/jpeg","sha256":"{{Sha.ToUpperInvariant()}}","metadata":{"shop":"7","n":3},"more":[]}""");

        Assert.Equal(("a1", new Uri("https://m.example.org/1.jpg"), "image/jpeg", Sha), (item.Id, item.Uri, item.ContentType, item.Sha256));
        Assert.Equal("7", item.Metadata!["shop"]);
        Assert.Equal("3", item.Metadata["n"]);
        Assert.Equal(new SourcePosition("media", 3, 42), item.Position);
    }

    [Fact]
    public void Ids_come_from_the_record_then_its_key_then_its_place()
    {
        Assert.Equal("a", Parse("""{"id":"a","uri":"file:///x"}""", key: "k"u8.ToArray()).Id);
        Assert.Equal("k", Parse("""{"uri":"file:///x"}""", key: "k"u8.ToArray()).Id);
        Assert.Equal("17", Parse("""{"id":17,"uri":"file:///x"}""").Id);
        Assert.Equal("media-3-42", Parse("""{"uri":"file:///x"}""").Id);
        Assert.Equal("media-3-42", Parse("""{"uri":"file:///x"}""", key: [0xff, 0xfe]).Id);
        Assert.Equal("media-3-42", Parse("""{"uri":"file:///x"}""", key: "two\nlines"u8.ToArray()).Id);
    }

    [Fact]
    public void Inline_media_is_taken_as_it_is()
    {
        var item = Parse([1, 2, 3], "k"u8.ToArray(), ("content-type", "image/PNG; q=1"));

        Assert.Equal(("k", "image/png"), (item.Id, item.ContentType));
        Assert.Equal([1, 2, 3], item.Inline.ToArray());
        Assert.Null(item.Uri);
    }

    [Fact]
    public void A_structured_event_may_hold_a_reference_media_or_a_claim_check()
    {
        const string Head = "\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"/s\",\"id\":\"e1\"";
        var type = ("content-type", "application/cloudevents+json; charset=utf-8");

        var reference = Parse(Utf8($$"""{ {{Head}},"datacontenttype":"application/json","data":{"uri":"https://m.example.org/1.jpg"} }"""), null, type);
        Assert.Equal(("e1", "https://m.example.org/1.jpg"), (reference.Id, reference.Uri!.ToString()));
        var media = Parse(Utf8($$"""{ {{Head}},"datacontenttype":"image/jpeg","data_base64":"AQID" }"""), null, type);
        Assert.Equal(("e1", 3), (media.Id, media.Inline.Length));
        var claim = Parse(Utf8($$"""{ {{Head}},"dataref":"s3://bucket/1.jpg" }"""), null, type);
        Assert.Equal(("e1", "s3://bucket/1.jpg"), (claim.Id, claim.Uri!.ToString()));
    }

    [Fact]
    public void A_binary_event_may_hold_a_reference_media_or_a_claim_check()
    {
        (string, string)[] head = [("ce_specversion", "1.0"), ("ce_id", "e1"), ("ce_type", "t"), ("ce_source", "/s")];

        Assert.Equal("e1", Parse(Utf8("""{"uri":"file:///x"}"""), null, [.. head, ("content-type", "application/json")]).Id);
        Assert.Equal("own", Parse(Utf8("""{"id":"own","uri":"file:///x"}"""), null, [.. head, ("content-type", "application/json")]).Id);
        Assert.Equal(2, Parse([9, 9], null, [.. head, ("content-type", "video/mp4")]).Inline.Length);
        Assert.Equal("https://h/x", Parse([], null, [.. head, ("ce_dataref", "https://h/x")]).Uri!.ToString());
    }

    [Theory]
    [InlineData("", "no value")]
    [InlineData("plain words", "content-type")]
    [InlineData("[1]", "content-type")]
    [InlineData("{\"id\":", "no JSON")]
    [InlineData("{}", "uri: it is missing")]
    [InlineData("{\"uri\":\"\"}", "uri: it is missing")]
    [InlineData("{\"uri\":7}", "uri: it must be a text")]
    [InlineData("{\"uri\":\"relative/x.jpg\"}", "uri: it must be an absolute address")]
    [InlineData("{\"uri\":\"https://h/x\",\"sha256\":\"abc\"}", "sha256")]
    [InlineData("{\"uri\":\"https://h/x\",\"id\":{}}", "id: it must be a text")]
    [InlineData("{\"uri\":\"https://h/x\",\"id\":\"a\\u0000b\"}", "id: it has control characters")]
    [InlineData("{\"uri\":\"https://h/x\",\"id\":\"\\ud800\"}", "no valid Unicode")]
    [InlineData("{\"uri\":\"https://h/x\",\"metadata\":[]}", "metadata: it must be an object")]
    [InlineData("{\"uri\":\"https://h/x\",\"metadata\":{\"a\":{}}}", "metadata.a")]
    public void What_is_no_item_is_refused_by_the_name_of_its_field(string value, string expected)
    {
        var error = Assert.Throws<ScanPipelineItemException>(() => Parse(value));

        Assert.Equal((ErrorClass.RecordInvalid, "feed"), (error.Class, error.ToFailure().Stage));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_records_are_refused_never_fatal()
    {
        var long513 = new string('x', 513);
        (byte[] Value, (string, string)[] Headers)[] records =
        [
            (Utf8(new string('[', 100_000)), []),
            (Utf8($$"""{"uri":"https://h/x","id":"{{long513}}"}"""), []),
            (Utf8($$"""{"uri":"https://h/{{new string('x', 9000)}}"}"""), []),
            ([0xff, 0xfe, 0x00], [("content-type", "application/json")]),
            ("{}"u8.ToArray(), [("content-type", "application/cloudevents+json")]),
            ([0xff], [("content-type", "application/cloudevents+json")]),
            ("{}"u8.ToArray(), [("ce_specversion", "0.3"), ("content-type", "application/json")]),
            ("x"u8.ToArray(), [("content-type", "text/html")]),
            ([], [("ce_specversion", "1.0")]),
        ];

        foreach (var (value, headers) in records)
            Assert.Equal(ErrorClass.RecordInvalid, Assert.Throws<ScanPipelineItemException>(() => Parse(value, null, headers)).Class);
    }

    private static SourceItem Parse(string value, byte[]? key = null) => Parse(Utf8(value), key);

    private static SourceItem Parse(byte[] value, byte[]? key, params (string Name, string Value)[] headers)
    {
        var all = new Headers();
        foreach (var (name, text) in headers) all.Add(name, Utf8(text));
        return ItemParser.Parse(new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset("media", 3, 42),
            Message = new Message<byte[], byte[]> { Key = key!, Value = value, Headers = all },
        });
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
