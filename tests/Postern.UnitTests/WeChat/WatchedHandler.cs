namespace Postern.UnitTests.WeChat;

/// <summary>Counts what leaves, tells when headers have come, and fails the first tries on request.</summary>
internal sealed class WatchedHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly TaskCompletionSource _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sent;

    public int Sent => _sent;

    public Task HeadersCame => _headers.Task;

    public Queue<Exception> FailWith { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _sent);
        if (FailWith.TryDequeue(out var failure))
        {
            throw failure;
        }

        var response = await base.SendAsync(request, cancellationToken);
        _headers.TrySetResult();
        return response;
    }
}
