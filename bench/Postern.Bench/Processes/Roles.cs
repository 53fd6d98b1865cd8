namespace Postern.Bench.Processes;

/// <summary>What this program can be besides the bench itself (<c>--role</c>).</summary>
public static class Roles
{
    public const string Baseline = "baseline";
    public const string Load = "load";
    public const string WeChat = "wechat";

    /// <summary>WeChat's answer to the load generator's own server: about what a near server of WeChat takes.</summary>
    public static readonly TimeSpan WeChatDelay = TimeSpan.FromMilliseconds(40);
}
