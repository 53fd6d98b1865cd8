using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.SignIn;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Directory.Objects;

namespace Postern.AuthorizationServer.Pages;

/// <summary>The sentences that we say most, in Chinese; the others stay English.</summary>
public static class Chinese
{
    private static readonly Dictionary<string, string> Sentences = new(StringComparer.Ordinal)
    {
        // Front ends recognise a denial by this one.
        ["Unauthorized operation"] = "未授权的操作",
        ["Please login first"] = "请先登录",
        ["Access token doesn't exist in database"] = "访问令牌不存在",
        ["Token not found, invalid accessToken"] = "未找到该令牌，访问令牌无效",
        ["password or code is incorrect"] = "用户名或密码错误",
        ["id must name the provider as owner/name"] = "id 必须写成 owner/name 以指明提供商",
        ["session must be one of get-user-activity, and clientId cannot be sent beside it"] = "session 必须来自 get-user-activity，且不能与 clientId 同时发送",
        ["the console has no secret: it is a public client"] = "控制台没有密钥：它是公共客户端",
        ["state must be one of Pending, Retrying, Success, Failed"] = "state 必须是 Pending、Retrying、Success 或 Failed",
        ["range must be 24h, 7d, 30d or 90d, and offset the minutes that the reader's clock is ahead of UTC"] = "range 必须是 24h、7d、30d 或 90d，offset 为读者时区领先 UTC 的分钟数",
        ["there is no such provider"] = "没有该提供商",
        ["there is no such application"] = "没有该应用",
        ["id must name the application as admin/name"] = "id 必须写成 admin/name 以指明应用",
        ["this application was diagnosed six times in this minute: wait for the next one"] = "该应用一分钟内已诊断六次，请稍后再试",
        ["only a provider of the type WeChatMiniProgram can be diagnosed"] = "只能诊断类型为 WeChatMiniProgram 的提供商",
        ["this provider was diagnosed six times in this minute: wait for the next one"] = "该提供商一分钟内已诊断六次，请稍后再试",
        [PasswordSignIn.PasswordOff.Sentence.English] = PasswordSignIn.PasswordOff.Sentence.Chinese,
        ["Password cannot be empty"] = "密码不能为空",
        ["Password is too long"] = "密码太长",
        ["The Password is not the present one: a new one is set through set-password"] = "密码与当前密码不符，新密码请通过 set-password 设置",
        ["The Password can be set within ten minutes of a sign-in: sign in again first"] = "登录后十分钟内才能设置密码，请先重新登录",
        ["The password is one of the most used ones: choose another"] = "该密码过于常见，请更换",
        ["The password must not be made of a name, address or number of the user or the organization"] = "密码不能由用户或组织的名称、邮箱或号码构成",
        ["The password must have at least 6 characters"] = "密码至少需要 6 个字符",
        ["The password must have at least 8 characters"] = "密码至少需要 8 个字符",
        ["The password must contain at least one uppercase letter, one lowercase letter and one digit"] = "密码必须包含至少一个大写字母、一个小写字母和一个数字",
        ["The password must contain at least one special character"] = "密码必须包含至少一个特殊字符",
        ["The password must not contain any repeated characters"] = "密码不能包含连续重复的字符",
        ["Postern copies no users from other databases: a syncer is kept as it was written; import its users with upload-users"] = "Postern 不从其他数据库同步用户：syncer 只按原样保存，请用 upload-users 导入用户",
        [LastAdministrator.OfInstallation] = "这是系统唯一的管理员：请先设置另一位管理员",
        [LastAdministrator.OfOrganization] = "您是该组织唯一的管理员：请先设置另一位管理员",
        [QueryCredentials.SwitchedOff] = "已禁止在网址中发送凭据（credentialsInQuery）：请放在 Authorization 请求头中",
        [QueryCredentials.OfAnotherSite] = "不接受来自其他网站页面的网址凭据",
        [QueryCredentials.OnReadsOnly] = "网址中的访问令牌只能用于读取：请放在 Authorization 请求头中",
        [QueryCredentials.TwoCallers] = "请求中有两个不同客户端的凭据：请只发送一个",
        ["Display name cannot be empty"] = "显示名称不能为空",
        [TakenAnswers.Later] = "查询是否已被占用的次数过多，请稍后重试",
        [ObjectTarget.DifferentInQuery] = "查询参数指定了不同的用户：请只用 id，或 userId 加 owner，不要同时发送互相矛盾的参数",
        ["Username already exists"] = "用户名已存在",
        ["Email already exists"] = "邮箱已存在",
        ["Phone already exists"] = "手机号已存在",
        ["The new password must be different from your current password"] = "新密码不能与当前密码相同",
        ["New password cannot contain blank space."] = "新密码不能包含空格",
        ["*** stands for a password and cannot be one"] = "*** 只表示密码已设置，不能用作密码",
        ["oldPassword must be the present password"] = "oldPassword 必须是当前密码",
        ["A password cannot be set by a verification code here: send the present password as oldPassword"] = "不支持用验证码设置密码，请用 oldPassword 提供当前密码",
        ["The user was changed at the same moment: try again"] = "该用户同时被修改，请重试",
        ["Missing parameter"] = "缺少参数",
        ["sorter must not be empty"] = "sorter 不能为空",
        ["limit must be a number of at most 1000"] = "limit 必须是不大于 1000 的数字",
        ["isOnline must be 1, 0, true, false or empty"] = "isOnline 只能是 1、0、true、false 或留空",
        ["listing a group of so many users took too long: search for the beginning of a name with match=prefix, without groupName"] = "该群组用户太多，列出耗时过长，请不带 groupName，用 match=prefix 按名称开头查找",
        ["another file is being read: try again in a few seconds"] = "正在读取另一个文件，请几秒后重试",
        ["the body must be multipart/form-data with a part named file"] = "请求体必须是 multipart/form-data，且含有名为 file 的部分",
        ["the file is larger than 10 MB"] = "文件大于 10 MB",
        ["the file cannot be read: it must be an XLSX workbook or CSV in UTF-8"] = "无法读取文件，只支持 XLSX 工作簿或 UTF-8 编码的 CSV",
        ["the file has no rows below its headers"] = "文件中除标题行外没有数据",
        ["the file has more than 10000 rows: send it in parts"] = "文件超过 10000 行，请分批上传",
        ["the file has more than 300 columns"] = "文件超过 300 列",
        ["the workbook is larger than 20 MB when it is unpacked"] = "工作簿解压后大于 20 MB",
        ["the workbook is of a binary form: save it as XLSX"] = "工作簿是二进制格式，请另存为 XLSX",
        ["the workbook has parts that are no XML, such as macros: save it as XLSX"] = "工作簿含有非 XML 的部分（例如宏），请另存为 XLSX",
        ["the body has a property twice, or is not JSON"] = "请求体中有重复的属性，或不是 JSON",
        ["clientId must consist of visible ASCII characters, without blanks"] = "clientId 只能包含可见的 ASCII 字符，不能有空格",
        ["the list is larger than 48 MB: ask for it in smaller pages, with p and pageSize"] = "列表大于 48 MB，请用 p 和 pageSize 分页查询，每页少一些",
        ["the list is larger than 4 MB: ask for it in smaller pages, with p and pageSize"] = "列表大于 4 MB，请用 p 和 pageSize 分页查询，每页少一些",
        ["other large lists are being answered: try again in a few seconds, or ask for smaller pages, with p and pageSize"] = "正在返回其他较大的列表，请几秒后重试，或用 p 和 pageSize 分页查询",
        ["the file has more than 200 passwords in clear text: send it in parts, or without passwords"] = "文件中的明文密码超过 200 个，请分批上传，或不带密码上传",
        ["this operation requires administrator to perform"] = "此操作需要管理员权限",
        ["ipWhitelist has no address: leave it empty to admit every address"] = "ipWhitelist 中没有地址；留空表示允许所有地址",
        [SignInLimits.RequiredOfBuiltIn] = "暂不支持二次验证：mfaItems 中的 Required 会关闭所有密码登录，而 built-in 的管理员没有其他登录方式",
        ["format must be csv or jsonl"] = "format 只能是 csv 或 jsonl",
        ["idTokenClaims must be standard or casdoor"] = "idTokenClaims 只能是 standard 或 casdoor",
        [Postern.Directory.Objects.Kinds.ProfileDemands.Unknown.English] = Postern.Directory.Objects.Kinds.ProfileDemands.Unknown.Chinese,
        ["jwks must be a JWK set (RFC 7517) with an RSA key of 2048 bits or more, an EC key or an Ed25519 key"] = "jwks 必须是 JWK 集合（RFC 7517），并含有至少 2048 位的 RSA 公钥、EC 公钥或 Ed25519 公钥",
        ["jwks holds a private key: send the public keys alone, and make a new key, because this one was sent to a server"] = "jwks 中含有私钥：请只发送公钥，并更换密钥，因为该私钥已被发送到服务器",
        ["apiAccess must be none, organization or installation"] = "apiAccess 只能是 none、organization 或 installation",
        [Postern.Directory.Objects.GivenAccess.Refusal] = "apiAccess 为 installation 时可访问所有组织，只有已登录的 built-in 管理员才能授予；请保留 organization 并联系该管理员",
        ["Postern signs no administrator in as another user, because the records would name the wrong person; change the user with update-user"] =
            "Postern 不允许管理员以其他用户身份登录，否则审计记录会记错操作人；请用 update-user 修改用户",
        ["pageSize must be a number"] = "pageSize 必须是数字",
        ["before must be the id of a record"] = "before 必须是记录的 id",
        ["the query names different organizations"] = "查询参数指定了不同的组织",
        ["the query and the body name different organizations"] = "查询参数与请求体指定了不同的组织",
        ["createdTime is not a time of RFC 3339"] = "createdTime 不是 RFC 3339 格式的时间",
        ["action must be at most 100 characters long and without control characters"] = "action 最多 100 个字符，且不能包含控制字符",
        ["U+0000 is not allowed in the query"] = "查询中不允许出现 U+0000",
        ["other long searches are under way: try again in a few seconds"] = "其他耗时的查询正在进行，请几秒后重试",
        ["Postern sends no mail, text messages or notifications; send it from your own server"] = "Postern 不发送邮件、短信或通知，请从您自己的服务器发送",
        ["Postern reads no LDAP directory: an ldap object is kept as it was written; import its users with upload-users"] = "Postern 不读取 LDAP 目录，ldap 对象仅按原样保存；请用 upload-users 导入用户",
        ["Postern takes no payments: orders and payments are kept as they are written; change them with update-order and update-payment"] = "Postern 不处理支付，订单和支付记录仅按原样保存；请用 update-order 和 update-payment 修改",
        ["Postern sends no verification codes: an administrator changes an e-mail address or a phone number with update-user"] = "Postern 不发送验证码，邮箱或手机号由管理员通过 update-user 修改",
        ["Postern asks for no second factor yet: users who have one do not sign in by password, until an administrator takes it away with delete-mfa"] =
            "Postern 暂不支持二次验证：启用了二次验证的用户不能用密码登录，管理员可用 delete-mfa 取消",
        ["Postern has no sign-up by invitation code: administrators read invitations with get-invitation"] = "Postern 不支持凭邀请码注册，管理员可用 get-invitation 查看邀请",
        ["Postern speaks no SAML: use OpenID Connect, by /.well-known/openid-configuration"] = "Postern 不支持 SAML：请使用 OpenID Connect，见 /.well-known/openid-configuration",
        ["Postern speaks no CAS: use OpenID Connect, by /.well-known/openid-configuration"] = "Postern 不支持 CAS：请使用 OpenID Connect，见 /.well-known/openid-configuration",
        ["Postern speaks no SCIM: use add-user, update-user, delete-user and get-users, or upload-users"] = "Postern 不支持 SCIM：请用 add-user、update-user、delete-user 和 get-users，或 upload-users",
        ["Postern asks for no captcha and sends no codes: a password is guarded by the lock-out"] = "Postern 不使用图形验证码，也不发送验证码：密码由锁定机制保护",
        ["Postern signs in with no passkeys, faces or Kerberos tickets: use a password or a Mini Program"] = "Postern 不支持通行密钥、人脸或 Kerberos 登录：请使用密码或小程序登录",
        ["Postern signs in with Mini Programs, and not with WeChat official accounts"] = "Postern 支持小程序登录，不支持公众号登录",
        ["Postern has no sign-up of its own: users come by a Mini Program or are added with add-user"] = "Postern 没有自助注册：用户通过小程序登录产生，或用 add-user 添加",
        ["Postern sends and checks no invitations: an invitation is kept as it was written; add users with add-user"] = "Postern 不发送也不校验邀请：invitation 只按原样保存，请用 add-user 添加用户",
        ["Postern shows its numbers with get-statistics"] = "Postern 的统计数据请用 get-statistics 查询",
        ["Postern runs no Casbin programs: ask enforce or batch-enforce"] = "Postern 不运行 Casbin 命令行程序：请调用 enforce 或 batch-enforce",
        ["Postern is no gateway for MCP servers, sites, scans or telemetry: such objects are kept as they were written"] = "Postern 不是 MCP 服务器、站点、扫描或遥测的网关：这些对象只按原样保存",
        ["Postern looks up no domains: a certificate's expireTime is changed with update-cert"] = "Postern 不查询域名：证书的 expireTime 请用 update-cert 修改",
        ["Postern changes one permission at a time: use update-permission"] = "Postern 每次只修改一个权限：请用 update-permission",
        ["A device is approved on the page /login/oauth/device, by the user's own press"] = "设备须由用户本人在 /login/oauth/device 页面上批准",
        ["A device is refused on the page /login/oauth/device, by the user's own press"] = "设备须由用户本人在 /login/oauth/device 页面上拒绝",
        ["Ticket not found"] = "工单不存在",
        ["the file is not a picture of the type that its name says"] = "文件内容与其扩展名所示的图片类型不符",
        ["the file is a picture, which its name does not say"] = "文件是图片，但扩展名不是图片类型",
        ["an avatar must be a picture: PNG, JPEG, GIF or WebP"] = "头像必须是图片：PNG、JPEG、GIF 或 WebP",
        ["the page took too long: pages near the first or the last are quick"] = "查询该页耗时过长，请查询靠近首页或末页的页",
    };

    /// <summary>Sentences around one number or name, which stays.</summary>
    private static readonly (string Before, string After, string ChineseBefore, string ChineseAfter)[] Patterns =
    [
        ("password or code is incorrect, you have ", " remaining chances", "用户名或密码错误，您还有 ", " 次机会"),
        ("You have entered the wrong password or code too many times, please wait for ", " minutes and try again", "密码错误次数过多，请 ", " 分钟后重试"),
        ("The Password cannot be tried now. You have entered the wrong password or code too many times, please wait for ", " minutes and try again", "现在不能验证密码。密码错误次数过多，请 ", " 分钟后重试"),
        ("The password must have at most ", " characters", "密码最多 ", " 个字符"),
        ("The user: ", " doesn't exist", "用户: ", " 不存在"),
        ("users cannot be sorted by ", "", "不能按 ", " 排序用户"),
        ("the header ", " is not a property of a user", "标题 ", " 不是用户的属性"),
        ("the header ", " stands there twice", "标题 ", " 出现了两次"),
        ("row ", ": a cell has no header above it", "第 ", " 行有单元格没有对应的标题"),
        ("row ", ": Username already exists", "第 ", " 行：用户名已存在"),
        ("row ", ": Email already exists", "第 ", " 行：邮箱已存在"),
        ("row ", ": Phone already exists", "第 ", " 行：手机号已存在"),
        ("webhook event not found: ", "", "未找到 Webhook 事件: ", ""),
        ("webhook events cannot be sorted by ", "", "不能按 ", " 排序 Webhook 事件"),
        ("The organization: ", " does not exist", "组织: ", " 不存在"),
        ("records cannot be searched by ", "", "不能按 ", " 搜索记录"),
        ("records cannot be filtered by ", "", "不能按 ", " 筛选记录"),
        ("records cannot be sorted by ", "", "不能按 ", " 排序记录"),
        ("The application: ", " does not exist", "应用: ", " 不存在"),
        ("The application: ", " has disabled users to signin", "应用: ", " 已停用登录"),
        ("ipWhitelist: ", " is neither an address nor a network: write 203.0.113.7 or 203.0.113.0/24, with commas between",
            "ipWhitelist：", " 不是地址或网段；请写成 203.0.113.7 或 203.0.113.0/24，用逗号分隔"),
        ("searching inside ", " took too long: search for its beginning with match=prefix, within one owner and without sortField", "在 ", " 中查找耗时过长，请指定 owner 并用 match=prefix 按开头查找，且不要指定 sortField"),
        ("searching by ", " took too long: search for the beginning of a name with match=prefix, within one owner", "按 ", " 查找耗时过长，请指定 owner 并用 match=prefix 按 name 的开头查找"),
        ("sorting by ", " took too long: sort by createdTime or by name, within one owner", "按 ", " 排序耗时过长，请指定 owner 并按 createdTime 或 name 排序"),
    ];

    /// <summary>The sentence in Chinese, or null.</summary>
    public static string? Of(string sentence)
    {
        if (GateRefusal.All.FirstOrDefault(r => r.Sentence.English == sentence) is { } refusal)
        {
            return refusal.Sentence.Chinese;
        }

        if (Sentences.TryGetValue(sentence, out var whole))
        {
            return whole;
        }

        if (Postern.Directory.Objects.Kinds.ProfileDemands.All.FirstOrDefault(demand => demand.Refusal.English == sentence) is { } demand)
        {
            return demand.Refusal.Chinese;
        }

        foreach (var (before, after, chineseBefore, chineseAfter) in Patterns)
        {
            if (sentence.Length >= before.Length + after.Length
                && sentence.StartsWith(before, StringComparison.Ordinal) && sentence.EndsWith(after, StringComparison.Ordinal))
            {
                return chineseBefore + sentence[before.Length..^after.Length] + chineseAfter;
            }
        }

        return null;
    }
}
