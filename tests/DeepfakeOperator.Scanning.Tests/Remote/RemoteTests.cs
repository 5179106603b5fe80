using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Tests.Media;
using Microsoft.Extensions.Logging;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests.Remote;

/// <summary>Served models through the whole pipeline, against a scripted server.</summary>
public sealed class RemoteTests
{
    private const string Key = "sk-test-0123456789";

    [Theory]
    [InlineData("Fake. The eyes reflect two suns.", Verdict.Fake, 1d)]
    [InlineData("real, as far as I can see", Verdict.Real, 0d)]
    [InlineData("I cannot help with that.", Verdict.Inconclusive, null)]
    [InlineData("It is fake, or it is real.", Verdict.Inconclusive, null)]
    public async Task An_answer_becomes_a_verdict_by_the_patterns_and_nobody_guesses(string answer, Verdict expected, double? score)
    {
        await using var server = ChatServer.Saying(answer);
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(Spec(server)));

        var verdict = await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(90)));

        Assert.Equal((expected, score), (verdict.Verdict, verdict.Score));
        Assert.Equal([answer], verdict.Detectors.Single().Answers);
        if (expected == Verdict.Inconclusive) Assert.Contains("fakePattern", verdict.Reason, StringComparison.Ordinal);
        var question = server.Questions.Single();
        Assert.Equal(("vlm", 64, 0), ((string)question["model"]!, (int)question["max_tokens"]!, (int)question["temperature"]!));
        Assert.Equal(16, Picture(ChatServer.PicturesOf(question).Single()).Width);
        Assert.Null(server.Keys.Single());
    }

    [Fact]
    public async Task Several_prompts_are_asked_each_and_the_undecided_ones_are_left_out()
    {
        await using var server = new ChatServer((question, _, _) => Task.FromResult<string?>(ChatServer.TextOf(question) switch
        {
            "Eyes?" => "fake", "Skin?" => "hm", "Hair?" => "real", _ => "fake",
        }));
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(Spec(server, "Eyes?", "Skin?", "Hair?", "Light?")));
        var verdict = await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(90)));
        Assert.Equal(2 / 3d, verdict.Score!.Value, 9);
        Assert.Equal(["fake", "hm", "real", "fake"], verdict.Detectors.Single().Answers);
    }

    [Fact]
    public async Task Scores_of_the_other_detectors_are_evidence()
    {
        await using var server = ChatServer.Saying("fake");
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes, Spec(server, "Others say {scores}. And you, {you}?"), Audio.Sounds.Loudness));

        var verdict = await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(144)));

        // Logit (144 − 128) / 16 = 1.
        Assert.Equal("Others say detector-0: 0.731\ndetector-2: not applicable. And you, {you}?", ChatServer.TextOf(server.Questions.Single()));
        Assert.Equal((0.731 + 1) / 2, verdict.Score!.Value, 1e-4);
    }

    [Fact]
    public async Task Frames_of_a_video_are_sent_evenly_and_smaller_where_that_is_said()
    {
        await using var server = ChatServer.Saying("real");
        await using var scan = new TestScan();
        var spec = Spec(server);
        spec = spec with { Remote = spec.Remote! with { MaxImages = 3 }, Image = new ImageSpec { Resize = ResizeMode.LongSide, ResizeTo = 64 } };
        await scan.StartAsync(scan.Configuration(spec));

        await scan.JudgeAsync(TestScan.Inline(await Clip.BrighteningAsync(3)));

        var pictures = ChatServer.PicturesOf(server.Questions.Single()).Select(Picture).ToArray();
        Assert.Equal([(64, 48), (64, 48), (64, 48)], pictures.Select(picture => (picture.Width, picture.Height)));
        var brightness = pictures.Select(picture => picture.GetPixel(32, 24).Red).ToArray();
        Assert.True(brightness[0] < 40 && brightness[1] > 60 && brightness[2] > brightness[1] + 40, string.Join(", ", brightness));
    }

    [Fact]
    public async Task A_busy_server_is_asked_again()
    {
        await using var server = new ChatServer((_, number, response) =>
        {
            if (number > 2) return Task.FromResult<string?>("fake");
            response.StatusCode = number == 1 ? 429 : 503;
            response.Headers["Retry-After"] = "0";
            return Task.FromResult<string?>(null);
        });
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(Spec(server)));
        Assert.Equal(Verdict.Fake, (await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(90)))).Verdict);
        Assert.Equal(3, server.Questions.Count);
    }

    [Theory]
    [InlineData(500, "given up after 4 attempts: the server says 500", 4)]
    [InlineData(401, "check remote.apiKeySecretRef", 1)]
    [InlineData(404, "check remote.endpoint", 1)]
    [InlineData(200, "no chat completion", 1)]
    public async Task A_server_that_does_not_answer_is_a_typed_failure_and_the_next_item_goes_on(int code, string expected, int attempts)
    {
        await using var server = new ChatServer((_, number, response) =>
        {
            if (number > attempts) return Task.FromResult<string?>("real");
            response.StatusCode = code;
            response.Headers["Retry-After"] = "0";
            return Task.FromResult<string?>(null);
        });
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(Spec(server)));

        var failure = await scan.FailAsync(TestScan.Inline(Pictures.Gray(90)));
        Assert.Equal((ErrorClass.InferenceFailed, "infer", attempts), (failure.Class, failure.Stage, failure.Attempts));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.Real, (await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(90)))).Verdict);
    }

    [Fact]
    public async Task A_silent_server_is_given_up_after_the_timeout()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var server = new ChatServer(async (_, _, _) =>
        {
            await Task.Delay(Timeout.Infinite, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        });
        await using var scan = new TestScan();
        var spec = Spec(server);
        await scan.StartAsync(scan.Configuration(spec with { Remote = spec.Remote! with { Timeout = TimeSpan.FromMilliseconds(50) } }));
        var failure = await scan.FailAsync(TestScan.Inline(Pictures.Gray(90)));
        Assert.Contains("no answer within remote.timeout (0.05 s)", failure.Message, StringComparison.Ordinal);
        await over.CancelAsync();
    }

    [Fact]
    public async Task No_more_requests_are_open_than_the_descriptor_allows()
    {
        await using var server = new ChatServer(async (_, _, _) =>
        {
            await Task.Delay(30, TestContext.Current.CancellationToken);
            return "real";
        });
        await using var scan = new TestScan();
        var spec = Spec(server, "One?", "Two?");
        await scan.StartAsync(scan.Configuration(spec with { Remote = spec.Remote! with { Concurrency = 3 } }));
        // No two alike: what was seen before is not asked again.
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => scan.JudgeAsync(TestScan.Inline(Pictures.Gray((byte)(90 + i)), $"{i}"))));
        Assert.Equal((80, 3), (server.Questions.Count, server.MostOpen));
    }

    [Fact]
    public async Task The_key_comes_from_the_mounted_Secret_and_is_in_no_log_and_no_message()
    {
        await using var server = new ChatServer((_, number, response) =>
        {
            if (number == 1) return Task.FromResult<string?>("fake");
            response.StatusCode = 403;
            return Task.FromResult<string?>(null);
        });
        await using var scan = new TestScan();
        using var logs = new Listening();
        var options = scan.Options with { DetectorSecretsFolder = Path.Combine(scan.Folder, "secrets"), LoggerFactory = logs };
        var spec = Spec(server);
        spec = spec with { Remote = spec.Remote! with { ApiKeySecretRef = new LocalReference { Name = "vlm-key" } } };

        var missing = await Assert.ThrowsAsync<PodFatalException>(() => scan.StartAsync(scan.Configuration(spec), options));
        Assert.Contains("remote.apiKeySecretRef: Secret 'vlm-key'", missing.Message, StringComparison.Ordinal);

        Directory.CreateDirectory(Path.Combine(scan.Folder, "secrets", "vlm-key"));
        await File.WriteAllTextAsync(Path.Combine(scan.Folder, "secrets", "vlm-key", "apiKey"), Key + "\n", TestContext.Current.CancellationToken);
        await scan.StartAsync(scan.Configuration(spec), options);
        Assert.Equal(Verdict.Fake, (await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(90)))).Verdict);
        var failure = await scan.FailAsync(TestScan.Inline(Pictures.Gray(91)));

        Assert.Equal(["Bearer " + Key, "Bearer " + Key], server.Keys);
        Assert.DoesNotContain(Key, failure.ToString() + missing + string.Concat(logs.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_holds_no_picture_does_not_apply()
    {
        await using var server = ChatServer.Saying("fake");
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(Spec(server), Audio.Sounds.Loudness));
        var verdict = await scan.JudgeAsync(TestScan.Inline(Audio.Sounds.Wav(16000, 1, Audio.Sounds.Level(0.75f, 900))));
        Assert.Equal("it holds no pictures", verdict.Detectors[0].Reason);
        Assert.Empty(server.Questions);
    }

    [Theory]
    [InlineData("outputs[0].text.fakePattern", "(")]
    [InlineData("remote.endpoint", "fake")]
    public async Task A_descriptor_that_cannot_be_run_is_refused_by_field(string field, string pattern)
    {
        await using var scan = new TestScan();
        var spec = new DetectorSpec
        {
            Modality = Modality.Remote,
            Remote = new RemoteSpec { Endpoint = pattern == "(" ? "http://127.0.0.1:1" : "ftp://x", Model = "m", Prompts = ["?"] },
            Outputs = [new OutputSpec { Name = "answer", Kind = OutputKind.Text, Text = new TextSpec { FakePattern = pattern, RealPattern = "real" } }],
        };
        var refusal = await Assert.ThrowsAsync<PodFatalException>(() => scan.StartAsync(scan.Configuration(spec)));
        Assert.Contains(field, refusal.Message, StringComparison.Ordinal);
    }

    private static SKBitmap Picture(string url) => SKBitmap.Decode(Convert.FromBase64String(url["data:image/jpeg;base64,".Length..]));

    private static DetectorSpec Spec(ChatServer server, params string[] prompts) => new()
    {
        Modality = Modality.Remote,
        Remote = new RemoteSpec { Endpoint = server.Endpoint, Model = "vlm", Prompts = prompts.Length > 0 ? prompts : ["Fake or real?"], MaxTokens = 64 },
        Outputs =
        [
            new OutputSpec
            {
                Name = "answer", Kind = OutputKind.Text, Text = new TextSpec { FakePattern = @"(?i)\bfake\b", RealPattern = @"(?i)\breal\b" },
            },
        ],
    };

    /// <summary>Keeps all that is logged.</summary>
    private sealed class Listening : ILoggerFactory, ILogger
    {
        internal List<string> Lines { get; } = [];

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines) Lines.Add(formatter(state, exception) + exception);
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
