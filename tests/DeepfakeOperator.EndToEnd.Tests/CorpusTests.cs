using System.Diagnostics;
using System.Text.Json.Nodes;
using DeepfakeOperator.Demo;

namespace DeepfakeOperator.EndToEnd.Tests;

/// <summary>A newcomer's own folder, with what folders of years hold.</summary>
public sealed class CorpusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("corpus-").FullName;
    private readonly List<string> _said = [];
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Links_in_circles_end_and_each_file_comes_once()
    {
        Put("a/one.jpg");
        Put("b/two.jpg");
        Put(".hidden/three.jpg");
        // Two links to the root in each of two folders: followed, they make 4 to the power of 40 paths.
        foreach (var link in (string[])["a/up", "a/again", "b/up", "b/again"]) Directory.CreateSymbolicLink(PathOf(link), _folder);

        Assert.Equal(["a/one.jpg", "b/two.jpg"], (await LoadAsync()).Select(item => item.Id));
        Assert.Equal("left out 4 links to folders", Assert.Single(_said));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_is_named_and_the_rest_is_scanned()
    {
        Put("one.jpg");
        await MakeUnreadableFolderAsync();
        Assert.Equal("one.jpg", Assert.Single(await LoadAsync()).Id);
        Assert.StartsWith($"left out the folder {_folder}/deep", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_can_be_read_the_message_says_so()
    {
        await MakeUnreadableFolderAsync();
        var error = await Assert.ThrowsAsync<DemoException>(LoadAsync);
        Assert.StartsWith($"nothing under {_folder} can be read", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("50%41.jpg")]
    [InlineData("%2541 %.jpg")]
    [InlineData("what?#[1]&.jpg")]
    [InlineData("Grüße \U0001F600.jpg")]
    [InlineData("back\\slash.jpg")]
    [InlineData("two\nlines.jpg")]
    public async Task The_address_of_a_file_leads_back_to_it_whatever_its_name_is(string name)
    {
        Put(name);
        var item = Assert.Single(await LoadAsync());
        Assert.Equal(PathOf(name), new Uri((string)JsonNode.Parse(item.Value)!["uri"]!).LocalPath);
    }

    [Fact]
    public async Task A_name_that_is_no_id_gets_one_of_its_own()
    {
        Put("a\nb.jpg");
        Put("a\tb.jpg");
        var deep = string.Join('/', Enumerable.Repeat(new string('d', 200), 3)) + "/end.jpg";
        Put(deep);
        var ids = (await LoadAsync()).Select(item => item.Id).ToList();
        Assert.Equal(3, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[^\\p{C}]{1,512}~[0-9a-f]{8}$", id));
        Assert.Equal(2, ids.Count(id => id.StartsWith("a_b.jpg~", StringComparison.Ordinal)));
        Assert.Contains(ids, id => id.Contains("/end.jpg~", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_is_no_UTF8_is_left_out_and_named()
    {
        Put("one.jpg");
        await ShellAsync("touch \"$(printf 'caf\\351.jpg')\"");
        Assert.Equal("one.jpg", Assert.Single(await LoadAsync()).Id);
        Assert.Contains("its name is no UTF-8", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id": "1", "file": "one.jpg"}""", "{", "line 2")]
    [InlineData("""{"id": "1", "file": "one.jpg"}""", """{"id": "2"}""", "\"file\" is missing")]
    [InlineData("""{"id": "1", "file": "gone.jpg", "inline": true}""", "", "gone.jpg")]
    public async Task A_wrong_line_of_a_manifest_is_named(string first, string second, string expected)
    {
        Put("one.jpg");
        await File.WriteAllTextAsync(PathOf(Corpus.ManifestName), first + "\n" + second, Cancelled);
        var error = await Assert.ThrowsAsync<DemoException>(LoadAsync);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_system_that_does_not_answer_does_not_hold_up_the_end()
    {
        // A pipe that nobody writes to: opening it waits for ever.
        await ShellAsync($"mkfifo {Corpus.ManifestName}");
        using var stopping = new CancellationTokenSource();
        var loading = Corpus.LoadAsync(_folder, _said.Add, stopping.Token);
        Assert.False(loading.IsCompleted);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loading);
    }

    public void Dispose()
    {
        // What .NET cannot reach for the length of its path, rm can.
        using var remove = Process.Start("rm", ["-rf", _folder]);
        remove.WaitForExit();
    }

    private Task<IReadOnlyList<CorpusItem>> LoadAsync() => Corpus.LoadAsync(_folder, _said.Add, Cancelled);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private void Put(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), [1]);
    }

    /// <summary>For root too, who may read everything: its path is longer than the kernel takes.</summary>
    private Task MakeUnreadableFolderAsync() =>
        ShellAsync("name=$(printf 'deep%0250d' 0); for i in $(seq 17); do mkdir \"$name\" && cd -P \"$name\" || exit 1; done");

    private async Task ShellAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = _folder })!;
        await shell.WaitForExitAsync(Cancelled);
        Assert.Equal(0, shell.ExitCode);
    }
}
