namespace DeepfakeOperator.Worker;

/// <summary>How this program logs: JSON lines on standard output.</summary>
internal static class WorkerLog
{
    internal static void Configure(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddJsonConsole(format => format.UseUtcTimestamp = true);
        logging.AddFilter("Microsoft", LogLevel.Warning);
    }
}
