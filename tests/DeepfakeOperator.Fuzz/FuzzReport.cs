namespace DeepfakeOperator.Fuzz;

/// <summary>First letters of the lines that a <see cref="FuzzWorker"/> writes.</summary>
internal static class FuzzReport
{
    /// <summary>A number: its file is on its way.</summary>
    internal const char Begin = 'B';

    /// <summary>A number, how its file ended, and a message.</summary>
    internal const char End = 'E';

    /// <summary>Something that was not foreseen.</summary>
    internal const char Error = '!';
}
