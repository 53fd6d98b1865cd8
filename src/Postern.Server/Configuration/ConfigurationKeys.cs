namespace Postern.Server.Configuration;

/// <summary>The keys of conf/app.conf, spelled as their environment variables are.</summary>
internal static class ConfigurationKeys
{
    public const string HttpPort = "httpport";
    public const string DriverName = "driverName";
    public const string DataSourceName = "dataSourceName";
    public const string DbName = "dbName";
    public const string Origin = "origin";
    public const string OriginFrontend = "originFrontend";
    public const string ShowSql = "showSql";
    public const string InitDataFile = "initDataFile";
    public const string WechatEndpoint = "wechatEndpoint";
    public const string AllowForeignWechatEndpoint = "allowForeignWechatEndpoint";
    public const string MasterKeyFile = "masterKeyFile";
    public const string TrustedProxies = "trustedProxies";
    public const string RefusedTokenRequestsPerMinute = "refusedTokenRequestsPerMinute";
    public const string TokenClockSkewSeconds = "tokenClockSkewSeconds";
    public const string CredentialsInQuery = "credentialsInQuery";
    public const string RefreshTokenMaxDays = "refreshTokenMaxDays";
    public const string AnonymousRowsPerMinute = "anonymousRowsPerMinute";
    public const string WaitingPerClient = "waitingPerClient";
    public const string RegisteredClientsPerDay = "registeredClientsPerDay";
    public const string CacheMegabytes = "cacheMegabytes";
    public const string MinimumRecordRetentionDays = "minimumRecordRetentionDays";
    public const string ResourceDirectory = "resourceDirectory";
    public const string ResourceMegabytes = "resourceMegabytes";
    public const string ResourceQuotaMegabytes = "resourceQuotaMegabytes";
    public const string AllowPrivateTargets = "allowPrivateTargets";
    public const string DpopNonceRequired = "dpopNonceRequired";

    /// <summary>Selects a section of the file, as in beego, and nothing else.</summary>
    public const string RunMode = "runmode";
}
