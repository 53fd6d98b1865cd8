using Postern.Bench.Storage;

namespace Postern.Bench.Sections;

/// <summary>What the console's pages ask for: each must cost the same at any number of users.</summary>
public static class ConsoleRequests
{
    public static readonly IReadOnlyList<(string What, string Text, bool IsJudged)> All =
    [
        ("home, 24 hours", Get($"/api/get-statistics?organization={BenchObjects.Organization}&range=24h"), true),
        ("home, 90 days", Get($"/api/get-statistics?organization={BenchObjects.Organization}&range=90d"), true),
        ("users, the newest", Users(""), true),
        ("users by phone", Users("&field=phone&value=138{user}&match=prefix"), true),
        ("users by e-mail", Users("&field=email&value=u{user}&match=prefix"), true),
        ("a user's activity", Get($"/api/get-user-activity?id={BenchObjects.Organization}/wechat-o{{user}}"), true),
        ("records, the newest", Get($"/api/get-records?organization={BenchObjects.Organization}&pageSize=20&p=1"), true),
        ("what a webhook was told", Get("/api/get-webhook-events?pageSize=20&p=1"), true),
    ];

    private static string Get(string path) => ObjectRequests.Get(path);

    private static string Users(string rest) => Get($"/api/get-users?owner={BenchObjects.Organization}&organization={BenchObjects.Organization}&pageSize=20&p=1{rest}");
}
