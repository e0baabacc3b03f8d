using Kube.Robustness.Chaos;

return await ChaosCommand.RunAsync(args);
