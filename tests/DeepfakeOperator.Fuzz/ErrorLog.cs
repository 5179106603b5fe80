using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Fuzz;

/// <summary>Hands on the worker's error lines: it logs an error only where it met what it did not foresee.</summary>
internal sealed class ErrorLog(Action<string> say) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
        // There is one place to write to.
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) say($"{formatter(state, exception)}: {exception}");
    }

    public void Dispose()
    {
        // Holds nothing.
    }
}
