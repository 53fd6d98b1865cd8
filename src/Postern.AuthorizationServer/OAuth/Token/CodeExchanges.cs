using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Postern.Directory.Statistics;
using Postern.Protocol;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;
using Postern.WeChat;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>The identity that WeChat returned for a code. The session_key is dropped here, because nothing needs it.</summary>
public sealed record ExchangedCode(string OpenId, string? UnionId);

/// <summary>
/// Exchanges a WeChat code once. A phone that retries, or a double tap, presents the same code twice while WeChat takes it
/// once: calls in flight share one call, and a success is remembered for ten seconds, for the same client, appid and
/// address. Errors are not remembered.
/// </summary>
public sealed class CodeExchanges(WeChatClient wechat, SecretStore secrets, WeChatRefusals refusals, StatisticsCounter tally, TimeProvider clock)
{
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);
    private const int MostRemembered = 20_000;

    // Keys are hashes; the entries are calls in flight and the most recent successes.
    private readonly ConcurrentDictionary<string, Exchange> exchanges = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Hash, long Until)> forgetting = new();

    /// <summary>The name under which a code is remembered; it says nothing of the code.</summary>
    /// <param name="clientId">The client that presents it.</param>
    /// <param name="appid">The Mini Program.</param>
    /// <param name="code">Of <c>wx.login()</c>.</param>
    /// <param name="purpose">What it proves, beside a sign-in: a code that was used for one purpose proves nothing for another.</param>
    public static string HashOf(string clientId, string appid, string code, string purpose = "") =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{clientId}\n{appid}\n{code}{(purpose.Length > 0 ? "\n" + purpose : "")}")));

    public async Task<Outcome<ExchangedCode>> ExchangeAsync(string hash, Provider provider, string code, string address)
    {
        Forget();
        var mine = new Exchange(address);
        var exchange = exchanges.GetOrAdd(hash, mine);
        if (!ReferenceEquals(exchange, mine))
        {
            // The same code from another address was stolen.
            return exchange.Address == address ? await exchange.Answer.Task : WeChatRefusals.CodeUsed;
        }

        try
        {
            // No caller's cancellation: others may be waiting for this one call, and the code is spent by it.
            var began = clock.GetTimestamp();
            var result = await wechat.Code2SessionAsync(
                new WeChatApp(provider.ClientId, secrets.Read(SecretColumn.ProviderSecret, provider.Id, provider.ClientSecret)), code, CancellationToken.None);
            tally.CountWeChat(clock.GetElapsedTime(began), result.Succeeded || result.Failure.Kind != WeChatFailureKind.Busy);
            Outcome<ExchangedCode> outcome = result.Succeeded
                ? new ExchangedCode(result.Value.OpenId, result.Value.UnionId)
                : refusals.Of(result.Failure, provider);
            if (result.Succeeded)
            {
                forgetting.Enqueue((hash, clock.GetUtcNow().Add(Remembered).ToUnixTimeMilliseconds()));
            }
            else
            {
                exchanges.TryRemove(hash, out _);
            }

            exchange.Answer.SetResult(outcome);
            return outcome;
        }
        catch (Exception e)
        {
            exchanges.TryRemove(hash, out _);
            exchange.Answer.SetException(e);
            // Marks the exception as observed, because there may be no other waiter. It is rethrown here in any case.
            _ = exchange.Answer.Task.Exception;
            throw;
        }
    }

    private void Forget()
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        while (forgetting.TryPeek(out var oldest) && (oldest.Until <= now || forgetting.Count > MostRemembered))
        {
            if (forgetting.TryDequeue(out oldest))
            {
                exchanges.TryRemove(oldest.Hash, out _);
            }
        }
    }

    private sealed record Exchange(string Address)
    {
        public TaskCompletionSource<Outcome<ExchangedCode>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
