using Keys = Postern.Server.Configuration.ConfigurationKeys;

namespace Postern.Server.Configuration;

/// <summary>Every setting, declared once. conf/app.conf and the tables of docs/configuration.md are generated from here (ConfigurationPageTests).</summary>
internal static class KnownSettings
{
    public static IReadOnlyList<SettingsGroup> Groups { get; } =
    [
        new("Addresses", "地址",
        [
            Setting.Number(Keys.HttpPort, 8000, ushort.MaxValue,
                "The port to listen on. 0: any free port.",
                "监听端口。0 表示任意空闲端口。"),
            new(Keys.Origin, "",
                "The address at which clients reach this server. It is also the issuer of the tokens: no path, no trailing slash. "
                + "Required in Production; in Development the default is `http://localhost:<httpport>`.",
                "客户端访问本服务器的地址，也是令牌的签发者（issuer）：不带路径，末尾没有斜杠。生产环境必填；开发环境默认为 `http://localhost:<httpport>`。")
            {
                Example = "https://login.example.com",
            },
            new(Keys.OriginFrontend, "",
                "The base address of the pages that a browser opens. Empty: `origin`.",
                "浏览器页面的基础地址。留空则与 `origin` 相同。"),
            new(Keys.TrustedProxies, "",
                "Reverse proxies whose `X-Forwarded-*` headers are trusted: addresses and networks, separated by commas. Empty: none.",
                "可信的反向代理，服务器采信其 `X-Forwarded-*` 请求头：填写地址或网段，用逗号分隔。留空则一律不采信。")
            {
                Example = "10.0.0.5, 192.168.0.0/16",
            },
        ]),
        new("Database", "数据库",
        [
            Setting.Choice(Keys.DriverName, ["sqlite", "postgres"],
                "The database system.",
                "数据库类型。"),
            new(Keys.DataSourceName, "data/postern.db",
                "SQLite: a path, or `file:PATH?cache=shared`. PostgreSQL, which has no default: `user=… password=… host=… dbname=…`, "
                + "a `postgres://` URL, or Npgsql's `Host=…;Username=…;Password=…;Database=…`.",
                "SQLite：文件路径，或 `file:PATH?cache=shared`。PostgreSQL（无默认值）：`user=… password=… host=… dbname=…`、`postgres://` URL，"
                + "或 Npgsql 的 `Host=…;Username=…;Password=…;Database=…`。"),
            new(Keys.DbName, "postern",
                "The name of the PostgreSQL database, if `dataSourceName` names none or ends in `dbname=`.",
                "PostgreSQL 数据库名，仅当 `dataSourceName` 未指定数据库或以 `dbname=` 结尾时使用。"),
            Setting.Flag(Keys.ShowSql,
                "Write each SQL statement to the log, without its values.",
                "将每条 SQL 语句写入日志，不含参数值。"),
        ]),
        new("Keys and first start", "密钥与首次启动",
        [
            new(Keys.MasterKeyFile, "data/master.key",
                "The file with the master key, which protects the secrets in the database. The first start makes it. Back it up apart from the database. "
                + "The environment variable `POSTERN_MASTER_KEY` can hold the key itself instead.",
                "主密钥文件，用于保护数据库中的机密数据，首次启动时生成。请与数据库分开备份。也可以用环境变量 `POSTERN_MASTER_KEY` 直接给出主密钥。"),
            new(Keys.InitDataFile, "",
                "A file with objects to begin with, in Casdoor's `init_data.json` format (records, sessions, tokens, files and policy rules are not read). "
                + "Each entry is taken once only.",
                "初始数据文件，采用 Casdoor 的 `init_data.json` 格式（不读取其中的操作记录、会话、令牌、文件和策略规则）。每个条目只导入一次。"),
        ]),
        new("WeChat", "微信",
        [
            new(Keys.WechatEndpoint, "https://api.weixin.qq.com",
                "The base address of WeChat's server API. A Debug build in Development uses the simulated WeChat, `http://127.0.0.1:8001`.",
                "微信服务端接口的基础地址。开发环境的 Debug 版本默认使用模拟微信 `http://127.0.0.1:8001`。"),
            Setting.Flag(Keys.AllowForeignWechatEndpoint,
                "Allow a `wechatEndpoint` in Production that is not WeChat's own. Dangerous: the server at that address can sign in as any user.",
                "允许生产环境的 `wechatEndpoint` 指向非微信官方的地址。危险：该地址上的服务器可以冒充任何用户登录。"),
        ]),
        new("Tokens and clients", "令牌与客户端",
        [
            Setting.Number(Keys.RefreshTokenMaxDays, 365, 36_500,
                "For how many days after a sign-in its tokens can be refreshed, however often they are used. 0: no limit.",
                "登录后最多多少天内可以刷新令牌，与使用次数无关。0 表示不限制。"),
            Setting.Number(Keys.TokenClockSkewSeconds, 5, 60,
                "How many seconds `iat` and `nbf` of tokens lie in the past, for verifiers that allow no clock skew.",
                "令牌的 `iat` 和 `nbf` 提前多少秒，用于兼容不允许时钟偏差的校验方。"),
            Setting.Flag(Keys.DpopNonceRequired,
                "Require a nonce of this server in every DPoP proof (RFC 9449 §8).",
                "要求每个 DPoP 证明都携带本服务器的 nonce（RFC 9449 §8）。"),
            Setting.Choice(Keys.CredentialsInQuery, ["accept", "refuse"],
                "Whether clients may send credentials in the query of a URL, as several Casdoor SDKs do. Proxies write URLs to their logs. "
                + "The console's first page names the applications that do this.",
                "是否接受客户端在 URL 查询参数中发送凭据（部分 Casdoor SDK 如此）。代理会把 URL 写入日志。控制台首页会列出这样做的应用。"),
            Setting.Flag(Keys.AllowPrivateTargets,
                "Allow private network addresses and plain `http` in the URLs that clients and administrators give for the server to call: "
                + "`jwksUri`, `backchannelLogoutUri`, `logo`, webhooks.",
                "允许客户端和管理员配置的、由服务器调用的 URL（`jwksUri`、`backchannelLogoutUri`、`logo`、Webhook）使用私有网络地址和 `http`。"),
        ]),
        new("Limits", "限制",
        [
            Setting.Number(Keys.RefusedTokenRequestsPerMinute, 120, int.MaxValue,
                "Refused token requests and refused sign-ins by password, per address and client in one minute, before the answer is 429. 0: no limit.",
                "同一地址对同一客户端每分钟允许的失败次数（被拒绝的令牌请求和密码登录），超出后返回 429。0 表示不限制。"),
            Setting.Number(Keys.AnonymousRowsPerMinute, 60, int.MaxValue,
                "Pushed authorization requests, device codes and client registrations, each, that one address may make in one minute without a secret. "
                + "An IPv6 address counts as its /64 network. 0: no limit.",
                "同一地址在没有密钥的情况下，每分钟可发起的推送授权请求、设备码和客户端注册的次数（分别计算）。IPv6 按 /64 网段计算。0 表示不限制。"),
            Setting.Number(Keys.WaitingPerClient, 10_000, 1_000_000,
                "Pushed authorization requests that one client may have waiting, and device codes, each. Callers without the client's secret have a tenth of it.",
                "同一客户端可以同时等待的推送授权请求数和设备码数（分别计算）。没有客户端密钥的调用方只有其十分之一。"),
            Setting.Number(Keys.RegisteredClientsPerDay, 1_000, 1_000_000,
                "Clients that may register themselves in one organization within 24 hours.",
                "一个组织在 24 小时内允许自助注册的客户端数。"),
            Setting.Number(Keys.CacheMegabytes, 32, 1_024,
                "Memory of all caches together, in MB.",
                "所有缓存合计占用的内存，单位 MB。"),
        ]),
        new("Files and records", "文件与操作记录",
        [
            new(Keys.ResourceDirectory, "data/resources",
                "The directory of uploaded files. The nodes of one installation share it. Include it in the backup.",
                "上传文件的目录。同一套系统的各节点共用该目录，备份时请包含它。"),
            Setting.Number(Keys.ResourceMegabytes, 10, 1_000,
                "The largest file that can be uploaded, in MB.",
                "单个上传文件的大小上限，单位 MB。"),
            Setting.Number(Keys.ResourceQuotaMegabytes, 200, int.MaxValue,
                "The size of all files of one user together, in MB.",
                "每个用户的文件总大小上限，单位 MB。"),
            Setting.Number(Keys.MinimumRecordRetentionDays, 30, 36_500,
                "The lowest `recordRetentionDays` that an organization can set for its audit records. 0: any.",
                "组织可为操作记录设置的 `recordRetentionDays` 的最小值。0 表示不限制。"),
        ]),
    ];

    // Keys of every Casdoor file that mean nothing here: a warning about them would only teach operators to skip warnings.
    private static readonly string[] s_ignored = [Keys.RunMode, "appname", "copyrequestbody"];

    private static readonly Dictionary<string, Setting> s_byKey =
        Groups.SelectMany(group => group.Settings).ToDictionary(setting => setting.Key, StringComparer.OrdinalIgnoreCase);

    public static Setting Of(string key) => s_byKey[key];

    public static bool IsKnown(string key) => s_byKey.ContainsKey(key) || s_ignored.Contains(key, StringComparer.OrdinalIgnoreCase);
}
