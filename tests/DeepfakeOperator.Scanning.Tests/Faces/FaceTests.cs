using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Tests.Media;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests.Faces;

/// <summary>Faces that are painted: the first rows of red say where they are (see make_models.py), so what is found is known exactly.</summary>
public sealed class FaceTests
{
    private static DetectorSpec Painted => TestScan.Spec("painted_faces",
        new InputSpec { Name = "image", Layout = TensorLayout.NCHW, Shape = [-1, 3, 8, 8] }, new OutputSpec { Name = "scores" }) with
    {
        Role = DetectorRole.FaceDetector,
        Image = new ImageSpec { Width = 8, Height = 8, Scale = 1 / 255d, Interpolation = Interpolation.Nearest },
        Boxes = new BoxesSpec { Format = BoxFormat.Corners, Levels = [new BoxLevelSpec { Score = "scores", Box = "boxes" }] },
    };

    private static FaceSpec OneFace => new() { Detector = "painted", MinScore = 0.5, Box = FaceBox.Tight };

    [Fact]
    public async Task The_largest_face_is_cut_out_and_judged_and_the_result_says_where_it_is()
    {
        await using var scan = await StartAsync(OneFace);

        // Left half, gray 192, and a smaller one on the right, gray 64.
        var verdict = await scan.JudgeAsync(TestScan.Inline(Paint([(0, 0.25, 0.5, 1, 0.9), (0.75, 0.5, 1, 1, 0.95)], x => x < 32 ? 192 : 64)));

        Assert.Equal(1 / (1 + Math.Exp(-4)), verdict.Score!.Value, 3);
        var face = Assert.Single(verdict.Faces!);
        Assert.Equal([0, 16, 32, 48], face.Box);
        Assert.Equal(verdict.Score, face.Score);
        Assert.Equal(0, verdict.Detectors[0].Units.Single().Track);
    }

    [Fact]
    public async Task All_faces_are_judged_one_by_one_and_one_fake_face_is_enough()
    {
        await using var scan = await StartAsync(OneFace with { Selection = FaceSelection.All, MaxFaces = 5 });

        var verdict = await scan.JudgeAsync(TestScan.Inline(Paint([(0, 0.25, 0.5, 1, 0.9), (0.75, 0.5, 1, 1, 0.95)], x => x < 32 ? 64 : 192)));

        Assert.Equal(2, verdict.Faces!.Count);
        Assert.Equal([1 / (1 + Math.Exp(4)), 1 / (1 + Math.Exp(-4))], verdict.Faces.Select(face => face.Score!.Value), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal(verdict.Faces[1].Score, verdict.Score);
    }

    [Fact]
    public async Task Overlapping_boxes_and_low_scores_do_not_count()
    {
        await using var scan = await StartAsync(OneFace with { Selection = FaceSelection.All, MaxFaces = 5 });

        var verdict = await scan.JudgeAsync(TestScan.Inline(Paint([(0, 0.25, 0.5, 1, 0.9), (0, 0.25, 0.4, 1, 0.8), (0.75, 0.5, 1, 1, 0.4)], _ => 128)));

        Assert.Equal([0, 16, 32, 48], Assert.Single(verdict.Faces!).Box);
    }

    [Theory]
    [InlineData(0, 64, "no face was found")]
    [InlineData(1, 64, "gates.minFaces")]
    [InlineData(1, 0, "gates.minFaceSide")]
    [InlineData(3, 64, "gates.maxFaces")]
    public async Task Without_the_faces_that_it_wants_a_detector_is_not_applicable_and_says_why(int faces, int side, string reason)
    {
        await using var scan = await StartAsync(OneFace,
            new GatesSpec { MinFaces = side == 0 ? 0 : 2, MaxFaces = 2, MinFaceSide = side == 0 ? 60 : 1 });
        (double, double, double, double, double)[] all = [(0, 0.5, 0.2, 1, 0.9), (0.4, 0.5, 0.6, 1, 0.9), (0.8, 0.5, 1, 1, 0.9)];

        var verdict = await scan.JudgeAsync(TestScan.Inline(Paint(all[..faces], _ => 192)));

        Assert.Equal((Verdict.NotApplicable, null), (verdict.Verdict, verdict.Score));
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, verdict.Detectors[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faces_smaller_than_the_job_asks_are_counted_in_the_reason()
    {
        // Two of 13 × 32 pixels, and one below the score that counts.
        var picture = TestScan.Inline(Paint([(0, 0.5, 0.2, 1, 0.9), (0.4, 0.5, 0.6, 1, 0.9), (0.8, 0.5, 1, 1, 0.3)], _ => 192));
        await using var strict = await StartAsync(OneFace, minSize: 20);
        var verdict = await strict.JudgeAsync(picture);
        Assert.Equal(Verdict.NotApplicable, verdict.Verdict);
        Assert.Contains("2 found, all smaller than spec.sampling.faces.minSize 20", verdict.Reason, StringComparison.Ordinal);

        await using var lenient = await StartAsync(OneFace, minSize: 10);
        Assert.NotNull((await lenient.JudgeAsync(picture)).Score);
    }

    [Fact]
    public async Task A_border_is_cut_mirrored_or_black()
    {
        // The box reaches over the left edge by as much as lies within; the picture is white outside the painted rows.
        async Task<double> MeanAsync(FaceBorder border)
        {
            await using var scan = await StartAsync(OneFace with { Box = FaceBox.Scale, Scale = 2, Border = border });
            var verdict = await scan.JudgeAsync(TestScan.Inline(Paint([(0, 0.5, 0.25, 1, 0.9)], _ => 200)));
            return Math.Log(verdict.Score!.Value / (1 - verdict.Score.Value));
        }

        Assert.Equal((200 - 128) / 16d, await MeanAsync(FaceBorder.Clip), 1);
        Assert.Equal((200 - 128) / 16d, await MeanAsync(FaceBorder.Reflect), 1);
        // 8 of 32 columns and 16 of 64 rows lie outside: 0.75² of the crop is bright.
        Assert.Equal(((0.75 * 0.75 * 200) - 128) / 16d, await MeanAsync(FaceBorder.Zero), 1);
    }

    [Fact]
    public async Task Faces_are_followed_through_a_video_and_aggregated_track_by_track()
    {
        await using var scan = await StartAsync(
            OneFace with { Selection = FaceSelection.All, MaxFaces = 2 }, video: new VideoSpec { Sampling = FrameSampling.Stride, Stride = 1 });
        // One face stays on the left, dark; another on the right, bright, which moves slowly and is missed once.
        var clip = await LosslessAsync([.. Enumerable.Range(0, 6).Select(t => Paint(
            t == 3 ? [(0, 0.5, 0.25, 1, 0.9)] : [(0, 0.5, 0.25, 1, 0.9), (0.55 + (0.02 * t), 0.5, 0.85 + (0.02 * t), 1, 0.8)], x => x < 24 ? 64 : 192))]);

        var verdict = await scan.JudgeAsync(TestScan.Inline(clip));

        Assert.Equal(2, verdict.Faces!.Count);
        Assert.Equal(11, verdict.Detectors[0].Units.Count);
        var moving = verdict.Faces.Single(face => face.Score > 0.5);
        Assert.Equal([0, 0.5], moving.Seen);
        Assert.Equal(moving.Score, verdict.Score);
        Assert.Equal(6, verdict.Timeline!.Count);
        Assert.True(verdict.Timeline[3].Score < 0.5, "the bright face is not in frame 3");
    }

    [Fact]
    public async Task Each_frame_is_looked_at_once_for_all_detectors_that_ask_for_its_faces()
    {
        await using var scan = new TestScan();
        var face = TestScan.MeanBytes with { Modality = Modality.Face, Face = OneFace };
        var best = face with { Face = OneFace with { Selection = FaceSelection.Best } };
        await scan.StartAsync(With(scan.Configuration(face, best)));

        var verdict = await scan.JudgeAsync(TestScan.Inline(Paint([(0, 0.25, 0.5, 1, 0.8), (0.75, 0.5, 1, 1, 0.9)], x => x < 32 ? 192 : 64)));

        // One tracker for both: the numbers of faces agree.
        Assert.Equal([0, 1], verdict.Detectors.Select(detector => detector.Units.Single().Track!.Value));
        Assert.Equal(2, verdict.Faces!.Count);
    }

    [Fact]
    public async Task What_is_missing_for_faces_ends_the_start_with_the_name_of_the_field()
    {
        await using var scan = new TestScan();
        async Task<string> RefusalAsync(ScanConfiguration configuration) =>
            (await Assert.ThrowsAsync<PodFatalException>(() => scan.StartAsync(configuration))).Message;
        var face = TestScan.MeanBytes with { Modality = Modality.Face, Face = OneFace };

        Assert.Contains("face.detector", await RefusalAsync(scan.Configuration(face)), StringComparison.Ordinal);
        Assert.Contains("landmarks", await RefusalAsync(With(scan.Configuration(face with { Face = OneFace with { Alignment = FaceAlignment.Similarity5 } }))), StringComparison.Ordinal);
        Assert.Contains("role", await RefusalAsync(scan.Configuration(Painted)), StringComparison.Ordinal);
        Assert.Contains("boxes.scoreIndex", await RefusalAsync(With(scan.Configuration(face), Painted with { Boxes = Painted.Boxes! with { ScoreIndex = 2 } })), StringComparison.Ordinal);
    }

    private static async Task<TestScan> StartAsync(FaceSpec face, GatesSpec? gates = null, VideoSpec? video = null, int minSize = 1)
    {
        var scan = new TestScan();
        var spec = TestScan.MeanBytes with { Modality = Modality.Face, Face = face, Gates = gates ?? new GatesSpec(), Video = video ?? new VideoSpec() };
        await scan.StartAsync(With(scan.Configuration(spec), minSize: minSize));
        return scan;
    }

    private static ScanConfiguration With(ScanConfiguration configuration, DetectorSpec? finder = null, int minSize = 1) => configuration with
    {
        Detectors = [.. configuration.Detectors.Select(detector => detector with { Helpers = [new ResolvedDetector("painted", 1, finder ?? Painted)] })],
        Spec = configuration.Spec with { Sampling = new SamplingSpec { Faces = new FaceSamplingSpec { MinSize = minSize } } },
    };

    /// <summary>64 × 64: in the 8 × 8 that the detector sees, the first three rows are the boxes and their scores; below it is gray by column.</summary>
    private static byte[] Paint((double Left, double Top, double Right, double Bottom, double Score)[] faces, Func<int, int> gray) =>
        Pictures.Encode(64, 64, SKEncodedImageFormat.Png, (x, y) =>
        {
            var (column, row) = (x / 8, y / 8);
            byte level;
            // Only the first pixel of each square is seen by the detector (nearest), so a crop hardly sees them.
            if (row >= 3 || column >= 6 || x % 8 != 0 || y % 8 != 0) level = (byte)gray(x);
            else if (row >= faces.Length) level = 0;
            else level = (byte)Math.Round(255 * column switch { 0 => faces[row].Left, 1 => faces[row].Top, 2 => faces[row].Right, 3 => faces[row].Bottom, 4 => faces[row].Score, _ => 0 });
            return new SKColor(level, level, level);
        });

    /// <summary>A video of these pictures, ten a second, bit by bit.</summary>
    private static async Task<byte[]> LosslessAsync(IReadOnlyList<byte[]> pictures)
    {
        var folder = Directory.CreateTempSubdirectory("frames-");
        try
        {
            for (var i = 0; i < pictures.Count; i++)
                await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"{i:00}.png"), pictures[i], TestContext.Current.CancellationToken);
            return await Clip.MakeAsync($"-framerate 10 -i {folder.FullName}/%02d.png -c:v ffv1 -pix_fmt bgr0", "mkv");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
