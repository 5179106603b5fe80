using DeepfakeOperator.Cli;

return await DeepfakeCommand.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
