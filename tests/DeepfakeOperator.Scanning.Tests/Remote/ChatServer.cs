using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.Scanning.Tests.Remote;

/// <summary>A served model on loopback that says what a script says.</summary>
internal sealed class ChatServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<JsonNode, int, HttpListenerResponse, Task<string?>> _script;
    private readonly Task _loop;
    private readonly List<Task> _answers = [];
    private int _open;

    /// <param name="script">Gets the question, its number from 1 and the response; returns the answer, or null where it wrote the response itself.</param>
    internal ChatServer(Func<JsonNode, int, HttpListenerResponse, Task<string?>> script)
    {
        _script = script;
        Endpoint = $"http://127.0.0.1:{FreePort.Take(1)[0]}/v1";
        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _loop = Task.Run(ListenAsync);
    }

    internal string Endpoint { get; }

    /// <summary>What was asked, in order of arrival.</summary>
    internal List<JsonNode> Questions { get; } = [];

    internal List<string?> Keys { get; } = [];

    internal int MostOpen { get; private set; }

    internal static ChatServer Saying(params string[] answers) =>
        new((_, number, _) => Task.FromResult<string?>(answers[(number - 1) % answers.Length]));

    internal static string TextOf(JsonNode question) => (string)question["messages"]![0]!["content"]![0]!["text"]!;

    internal static string[] PicturesOf(JsonNode question) =>
        [.. question["messages"]![0]!["content"]!.AsArray().Skip(1).Select(part => (string)part!["image_url"]!["url"]!)];

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _loop;
        _listener.Close();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                _answers.Add(AnswerAsync(context));
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            await Task.WhenAll(_answers);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream);
            var question = JsonNode.Parse(await reader.ReadToEndAsync())!;
            int number;
            lock (Questions)
            {
                Questions.Add(question);
                Keys.Add(context.Request.Headers["Authorization"]);
                number = Questions.Count;
                MostOpen = Math.Max(MostOpen, ++_open);
            }
            var answer = await _script(question, number, context.Response);
            lock (Questions) _open--;
            if (answer is not null)
            {
                var body = new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["message"] = new JsonObject { ["content"] = answer } }) };
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()));
            }
            context.Response.Close();
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The other side has had enough, or the test is over.
        }
    }
}
