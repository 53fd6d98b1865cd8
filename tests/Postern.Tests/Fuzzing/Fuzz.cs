using System.Globalization;
using CsCheck;
using Xunit;

namespace Postern.Tests.Fuzzing;

/// <summary>
/// A reader and inputs that are nearly right. Each input follows from its seed, so that a failure can be repeated (docs/security/fuzzing.md):
/// without settings the seeds are the same in every run, <c>POSTERN_FUZZ_ITERATIONS</c> goes on to others, <c>POSTERN_FUZZ_SEED</c> begins at one.
/// </summary>
internal static class Fuzz
{
    private static readonly long? Asked = Number("POSTERN_FUZZ_ITERATIONS");
    private static readonly long First = Number("POSTERN_FUZZ_SEED") ?? 1;

    /// <param name="inputs">What is generated.</param>
    /// <param name="usual">How many in a usual run of the tests.</param>
    /// <param name="check">Throws at what must not be.</param>
    /// <param name="share">Of the iterations that were asked for: 1 of this many, where one takes long.</param>
    public static Task EachAsync<T>(Gen<T> inputs, int usual, Func<T, Task> check, int share = 1) =>
        EachAsync(inputs, usual, check, input => Shown(input), share);

    public static async Task EachAsync<T>(Gen<T> inputs, int usual, Func<T, Task> check, Func<T, string> show, int share)
    {
        var count = Asked is { } asked ? Math.Max(1, asked / share) : usual;
        for (var seed = First; seed < First + count; seed++)
        {
            var input = inputs.Generate(new PCG(1, (ulong)seed), null, out _);
            try
            {
                await check(input);
            }
            catch (Exception e)
            {
                Assert.Fail($"POSTERN_FUZZ_ITERATIONS={share} POSTERN_FUZZ_SEED={seed} repeats it.\n{show(input)}\n{e}");
            }
        }
    }

    public static void Each<T>(Gen<T> inputs, int usual, Action<T> check, int share = 1) => EachAsync(inputs, usual, input =>
    {
        check(input);
        return Task.CompletedTask;
    }, share).GetAwaiter().GetResult();

    /// <summary>A refusal is a sentence: it quotes little of what was sent.</summary>
    public static void IsSentence(string? refusal, int longest = 600) =>
        Assert.True(refusal is null || (refusal.Length > 0 && refusal.Length <= longest), $"a refusal of {refusal?.Length} characters");

    private static string Shown<T>(T input) => input switch
    {
        byte[] bytes => Convert.ToBase64String(bytes),
        string text => System.Text.Json.JsonSerializer.Serialize(text),
        _ => input?.ToString() ?? "",
    };

    private static long? Number(string variable) =>
        long.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
