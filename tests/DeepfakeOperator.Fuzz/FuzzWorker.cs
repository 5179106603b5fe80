using System.Security.Cryptography;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning;

namespace DeepfakeOperator.Fuzz;

/// <summary>
/// The process that may be killed by a file: takes numbers on its standard input, makes each number's file, sends it through the worker's own
/// pipeline, and says on its standard output when it begins and how it ends.
/// </summary>
internal sealed class FuzzWorker(string folder, int seed, string trap)
{
    private readonly Mutator _mutator = new(Corpus.Read(Path.Combine(folder, "corpus")), seed);
    private readonly Lock _output = new();

    private string Media => Path.Combine(folder, "media");

    private string Scratch => Path.Combine(folder, "scratch");

    /// <summary>Runs until the input ends.</summary>
    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var errors = new ErrorLog(line => Say(FuzzReport.Error, line));
        var options = new ScanPipelineOptions
        {
            ScratchFolder = Scratch,
            ModelFolder = Path.Combine(AppContext.BaseDirectory, "Models"),
            DecodeTimeout = TimeSpan.FromSeconds(20),
            LoggerFactory = errors,
        };
        Directory.CreateDirectory(Media);
        await using (var server = new FileServer(number => _mutator.Make(number).Bytes, trap))
        await using (var pipeline = await ScanPipeline.StartAsync(Configuration(options.ModelFolder, server.Authority), options, cancellationToken))
        {
            using var inFlight = new CountdownEvent(1);
            while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
            {
                var number = int.Parse(line, System.Globalization.CultureInfo.InvariantCulture);
                inFlight.AddCount();
                Say(FuzzReport.Begin, line);
                await pipeline.SubmitAsync(Item(number, server), outcome =>
                {
                    File.Delete(PathOf(number));
                    Say(FuzzReport.End, $"{number} {(outcome.Verdict is { } verdict ? $"{verdict.Modality}-{verdict.Verdict}" : $"{outcome.Failure!.Class}")} {outcome.Failure?.Message}");
                    inFlight.Signal();
                }, cancellationToken);
            }
            inFlight.Signal();
            inFlight.Wait(cancellationToken);
            foreach (var left in Directory.EnumerateFiles(Scratch)) Say(FuzzReport.Error, $"left in the scratch folder: {Path.GetFileName(left)}");
        }
        return 0;
    }

    private string PathOf(int number) => Path.Combine(Media, $"{number} \"'%.mp4");

    /// <summary>Most come with their record, some from a volume, some over the network.</summary>
    private SourceItem Item(int number, FileServer server)
    {
        var item = new SourceItem { Id = $"{number}", Position = new SourcePosition("fuzz", 0, number) };
        switch (number % 10)
        {
            case 0:
                return item with { Uri = server.Address(number) };
            case 1 or 2:
                File.WriteAllBytes(PathOf(number), _mutator.Make(number).Bytes);
                return item with { Uri = new Uri("file://" + string.Join('/', PathOf(number).Split('/').Select(Uri.EscapeDataString))) };
            default:
                return item with { Inline = _mutator.Make(number).Bytes, ContentType = "image/jpeg" };
        }
    }

    private ScanConfiguration Configuration(string models, string server) => new()
    {
        Namespace = "tests",
        Name = "fuzz",
        Uid = "0123456789",
        Spec = new ScanJobSpec
        {
            Source = new SourceSpec
            {
                Media = new MediaSpec
                {
                    AllowedSchemes = [MediaScheme.File, MediaScheme.Http],
                    AllowedHosts = [server],
                    AllowPrivateAddresses = true,
                    AllowedPaths = [Media],
                    MaxBytes = 64 << 20,
                    FetchTimeout = TimeSpan.FromSeconds(2),
                },
            },
            Sampling = new SamplingSpec { Video = new VideoSamplingSpec { Frames = 4 } },
        },
        Detectors = [new ResolvedDetector("picture", 1, Detector(models))],
    };

    private static DetectorSpec Detector(string models) => new()
    {
        Model = new ModelSpec { Uri = "bundled:mean_bytes.onnx", Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(models, "mean_bytes.onnx")))) },
        Inputs = [new InputSpec { Name = "image", Layout = TensorLayout.NHWC, Shape = [-1, 8, 8, 3], Type = TensorType.UInt8 }],
        MaxBatch = 8,
        Image = new ImageSpec { Width = 8, Height = 8 },
        Outputs = [new OutputSpec { Name = "logit", Kind = OutputKind.SigmoidLogit, Polarity = new PolaritySpec { HighIsFake = true } }],
    };

    private void Say(char what, string line)
    {
        lock (_output)
        {
            Console.Out.WriteLine($"{what} {line.ReplaceLineEndings(" ")}");
            Console.Out.Flush();
        }
    }
}
