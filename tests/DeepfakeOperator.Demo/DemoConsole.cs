using Spectre.Console;

namespace DeepfakeOperator.Demo;

/// <summary>Where the demo writes: a terminal as it is; a pipe or a file without colours and wrapped lines, so that it can be searched.</summary>
internal static class DemoConsole
{
    // Beyond any line of the demo: in a pipe nothing is wrapped, and a table is as wide as its cells.
    private const int Unbounded = 1000;

    public static IAnsiConsole Create()
    {
        if (!Console.IsOutputRedirected) return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = Unbounded;
        return console;
    }
}
