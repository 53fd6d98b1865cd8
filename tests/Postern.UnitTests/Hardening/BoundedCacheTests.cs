using Postern.AuthorizationServer.SignIn;
using Postern.Server.Configuration;
using Postern.Storage.Bounded;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.UnitTests.Hardening;

public sealed class BoundedCacheTests
{
    private static BoundedCache<string> OfTexts(long bytes) => new(bytes, text => 2L * text.Length);

    [Fact]
    public void It_never_holds_more_bytes_than_it_may()
    {
        var cache = OfTexts(100_000);

        for (var i = 0; i < 10_000; i++)
        {
            cache.Set(CacheKey.Of($"{i}"), new string('x', i % 500));
            Assert.InRange(cache.Bytes, 0, 100_000);
        }
    }

    [Fact]
    public void What_was_asked_for_lately_stays_and_the_oldest_goes()
    {
        var cache = OfTexts(20 * BoundedCache<string>.EntryBytes);
        cache.Set(CacheKey.Of("wanted"), "");
        cache.Set(CacheKey.Of("forgotten"), "");

        for (var i = 0; i < 100; i++)
        {
            cache.Set(CacheKey.Of($"{i}"), "");
            Assert.True(cache.TryGet(CacheKey.Of("wanted"), out _));
        }

        Assert.False(cache.TryGet(CacheKey.Of("forgotten"), out _));
        Assert.True(cache.TryGet(CacheKey.Of("99"), out _));
    }

    [Fact]
    public void A_value_that_would_push_out_half_of_the_others_is_not_kept()
    {
        var cache = OfTexts(10_000);
        cache.Set(CacheKey.Of("small"), "kept");

        cache.Set(CacheKey.Of("large"), new string('x', 4_000));

        Assert.False(cache.TryGet(CacheKey.Of("large"), out _));
        Assert.True(cache.TryGet(CacheKey.Of("small"), out var kept));
        Assert.Equal("kept", kept);
    }

    [Fact]
    public void A_value_that_is_set_again_counts_once_and_what_is_removed_counts_no_more()
    {
        var cache = OfTexts(100_000);
        for (var i = 0; i < 5; i++)
        {
            cache.Set(CacheKey.Of("name"), "value");
            cache.Update(CacheKey.Of("other"), (isKnown, known) => isKnown ? known + "x" : "");
        }

        Assert.Equal((2 * BoundedCache<string>.EntryBytes) + 10 + 8, cache.Bytes);
        cache.Remove(CacheKey.Of("name"));
        cache.Remove(CacheKey.Of("other"));
        Assert.Equal(0, cache.Bytes);
    }

    [Fact]
    public void Keys_of_the_same_letters_in_other_parts_are_other_keys()
    {
        Assert.NotEqual(CacheKey.Of("ab", "c"), CacheKey.Of("a", "bc"));
        Assert.NotEqual(CacheKey.Of("ab"), CacheKey.Of("ab", ""));
        Assert.Equal(CacheKey.Of(new string('x', 4_000_000)), CacheKey.Of(new string('x', 4_000_000)));
    }

    [Fact]
    public void A_flood_of_other_names_erases_no_count_and_a_new_minute_does()
    {
        var clock = new ManualClock();
        clock.Advance(TimeSpan.FromSeconds(60 - clock.GetUtcNow().Second));
        var counts = new FixedWindowCounter(cells: 4_096, clock);
        for (var i = 0; i < 50; i++)
        {
            counts.Add("attacker", "client");
        }

        for (var i = 0; i < 100_000; i++)
        {
            counts.Add($"{i}", "client");
        }

        Assert.InRange(counts.Of("attacker", "client"), 50, 200);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, counts.Of("attacker", "client"));
    }

    [Fact]
    public void Few_names_are_counted_exactly_and_at_once()
    {
        var counts = new FixedWindowCounter(cells: 4_096, new ManualClock());

        Parallel.For(0, 1_000, i => counts.Add($"{i % 10}"));

        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal(100, counts.Of($"{i}")));
    }

    [Fact]
    public void Ten_thousand_other_names_do_not_end_the_lock_out_of_a_name_that_nobody_has()
    {
        var names = new UnknownUserLockout(new CacheBudget(new PosternOptions()));
        var rule = LockOutRule.Default;
        for (var i = 0; i < 5; i++)
        {
            names.Count("shop", "nobody", rule, 1_000);
        }

        for (var i = 0; i < 10_000; i++)
        {
            names.Count("shop", $"other{i}", rule, 1_000);
        }

        Assert.NotNull(names.Frozen("shop", "nobody", rule, 1_000));
    }
}
