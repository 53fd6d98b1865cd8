namespace Postern.Import.Casdoor;

/// <summary>Something that an operator must know of an import, and what to do about it.</summary>
/// <param name="Sentence">What it is; the objects follow.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="IsLoss">Whether something was not taken.</param>
/// <param name="MostNamed">How many are named; of the others the number is.</param>
public sealed record Finding(string Sentence, string Remedy, bool IsLoss = true, int MostNamed = 20)
{
    private const int All = int.MaxValue;

    public static readonly Finding Refused = new(
        "Not taken, because the object is not as its kind must be",
        "Correct them in Casdoor and import again, or add them here.", MostNamed: 200);

    public static readonly Finding Homeless = new(
        "Not taken, because the organization does not exist",
        "Add the organization here, or bring it with the import, and import again.", MostNamed: 200);

    public static readonly Finding NameTaken = new(
        "Not taken, because another object has the name, the client id, or what else only one may have",
        "Rename one of the two and import again.", MostNamed: 200);

    public static readonly Finding Doubled = new(
        "Stand twice in the source, and were taken as they stand first",
        "Nothing is to be done where the two are the same.");

    public static readonly Finding Retired = new(
        "Certificates not taken, because a deleted one had the name and tokens that it signed may still be about",
        "Give the certificate another name in Casdoor, and to its applications, and import again.");

    public static readonly Finding Published = new(
        "Not taken, because the password is 123, which Casdoor's documentation publishes",
        "Change the password in Casdoor and import again.");

    public static readonly Finding Unverifiable = new(
        "Users taken without their password, because no sign-in can verify it: it is too long, its passwordType is unknown, or it is no hash of that type",
        "They sign in another way, or an administrator sets a password (set-password).");

    public static readonly Finding TooCostly = new(
        "Users taken without their password, because its hash costs too much to verify",
        "docs/passwords.md has the limits. The users sign in another way, or an administrator sets a password (set-password).", MostNamed: 200);

    public static readonly Finding OwnFormat = new(
        "Users taken without their password, because a hash of this server's own format (passwordType postern) is taken from no source",
        "The users sign in another way, or an administrator sets a password (set-password).", MostNamed: 200);

    public static readonly Finding SecondFactor = new(
        "Users with a second factor, which is not offered yet: they do not sign in by password",
        "They sign in another way, or an administrator takes the second factor away (delete-mfa); --second-factors drop takes such users without it.", MostNamed: 200);

    public static readonly Finding SecondFactorDropped = new(
        "Users taken without their second factor, as --second-factors drop says: their password alone signs them in",
        "Tell them. A user who was taken by an earlier run stays as that one took them.", MostNamed: 200);

    public static readonly Finding HashAsPassword = new(
        "Users taken without their password, because a hash is kept as if it were a password in clear text: Casdoor lets in who types the hash itself",
        "Correct passwordType in Casdoor and import again, or an administrator sets a password (set-password).", MostNamed: 200);

    public static readonly Finding BrokenSalt = new(
        "Users taken without their password, because the salt of its hash is no base64: Casdoor overlooks that and computes with the part before the fault",
        "The users sign in another way, or an administrator sets a password (set-password).", MostNamed: 200);

    public static readonly Finding MasterPassword = new(
        "Organizations whose masterPassword or masterVerificationCode was not taken: it opens every account of the organization at Casdoor, and none here",
        "Administrators set a user's password with set-password instead.", MostNamed: All);

    public static readonly Finding TakenOver = new(
        "Taken over from Casdoor as this installation's own",
        "Clients keep their certificate, client id and client secret; their configuration changes in the address alone.", IsLoss: false, MostNamed: All);

    public static readonly Finding KeysStay = new(
        "This installation is in use, so these of its own stay; --take-keys replaces them by Casdoor's",
        "Without --take-keys, clients that come from Casdoor are given what this server has. With it, clients of this server are given Casdoor's, "
        + "and built-in/admin signs in again, with the password of Casdoor.", IsLoss: false, MostNamed: All);

    public static readonly Finding LiveTokens = new(
        "The installation's key stays, because tokens that it signed are still good",
        "Import again with --take-keys when they have expired, or give the clients the new certificate.", MostNamed: All);

    public static readonly Finding KeyRefused = new(
        "Casdoor's cert-built-in cannot sign here, and this server's own does",
        "Give the clients the new certificate (get-cert, or the console's page Certs).", MostNamed: All);

    public static readonly Finding WeakKey = new(
        "Certificates taken although their RSA key has less than 2048 bits",
        "A successor of cert-built-in is published in the JWKS now and signs from the day that is named: give clients its certificate (get-cert) before. "
        + "For another one add a cert, give clients its certificate, and name it in the application.", IsLoss: false, MostNamed: All);

    public static readonly Finding AdministratorsPassword = new(
        "The administrator has Casdoor's id and keeps this server's password",
        "Sign in with the password that was given here; postern reset-admin makes a new one.", MostNamed: All);

    public static readonly Finding NewId = new(
        "Users whose id another user has, and who got a new one",
        "Tell the services that keep user ids (the sub of a token).", IsLoss: false, MostNamed: All);

    public static readonly Finding OtherId = new(
        "Users who were there already with another id than Casdoor's: they stay, and take no identity of WeChat over",
        "Where it is the same person, tell the services that keep the former id.", IsLoss: false, MostNamed: 200);

    public static readonly Finding Undecided = new(
        "WeChat identities of these users were not taken, because no Mini Program can be told from their signupApplication",
        "Give the user in Casdoor a signupApplication that has the Mini Program, and import again.", MostNamed: 200);

    public static readonly Finding Contested = new(
        "WeChat identities of these users were not taken, because another user claims or has the same one",
        "Decide in Casdoor whose it is, take it from the others, and import again.", MostNamed: 200);

    public static readonly Finding LetterCase = new(
        "Users whose names differ by letter case alone: each signs in by the exact spelling of the name, and by no other",
        "Rename one of them where that confuses; addresses and phone numbers sign in besides (docs/sign-in-names.md).", IsLoss: false, MostNamed: 200);

    public static readonly Finding SharedContact = new(
        "Users with the same e-mail address or phone number: none of them signs in by it",
        "They sign in by their names. Give each an address of its own (docs/sign-in-names.md).", IsLoss: false, MostNamed: 200);

    public static readonly Finding OwnCertificate = new(
        "Applications that sign with a certificate of their organization",
        "Services that verify their tokens need /.well-known/APPLICATION/jwks; the server's own jwks has the installation's certificates alone.", IsLoss: false, MostNamed: All);

    public static readonly Finding LostCertificate = new(
        "Applications whose certificate is not here: they sign with the installation's",
        "Add a certificate and name it in the application, or give its clients the installation's.", MostNamed: All);

    public static readonly Finding ForeignClaims = new(
        "Applications that lost token attributes or fields, because these claims take their value from the user or the server alone",
        "Give such a claim the category Existing Field with the user's own field, or another name.", MostNamed: All);

    public static readonly Finding ForeignCharacters = new(
        "Applications that lost redirect addresses, because these have characters outside of ASCII, which no browser sends",
        "Write the host name in punycode (xn--…) and everything else percent-encoded, and add the addresses here.", MostNamed: All);

    public static readonly Finding LostInstallation = new(
        "Applications that were given the whole installation there and have their organization here (apiAccess)",
        "A global administrator gives it in the console, where the application needs it.", MostNamed: All);

    public static readonly Finding OtherCertificate = new(
        "Certificates that were there already with another key than Casdoor's",
        "Clients that keep the certificate in their configuration are given the new one.", IsLoss: false, MostNamed: All);

    public static readonly Finding ForeignRules = new(
        "Policy rules of these adapters were not read, because they are in another database",
        "Add them with add-policy, and leave the adapter's host empty.", MostNamed: All);

    public static readonly Finding ManyRules = new(
        "Policy rules of these adapters were not taken, because an adapter keeps 10,000 at most",
        "Say the same with fewer rules, by roles and patterns.", MostNamed: All);

    public static readonly Finding KeptOnly = new(
        "Settings that are taken and that nothing here acts on (kept only), with how many objects have them",
        "docs/properties.md says of each what is not offered. Where one of them limits who may sign in or what they may do, limit it another way.", IsLoss: false, MostNamed: All);

    public static readonly Finding UnknownColumns = new(
        "Columns of Casdoor's database that Postern does not know, and which were not read",
        "Nothing is to be done where nobody misses them.", IsLoss: false, MostNamed: 200);
}
