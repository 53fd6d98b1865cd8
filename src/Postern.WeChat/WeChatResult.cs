using System.Diagnostics.CodeAnalysis;

namespace Postern.WeChat;

/// <summary>A value, or the reason why there is none. Not a record: its text must not show the value.</summary>
public sealed class WeChatResult<T>
    where T : class
{
    private readonly T? _value;
    private readonly WeChatFailure? _failure;

    internal WeChatResult(T value) => _value = value;

    internal WeChatResult(WeChatFailure failure) => _failure = failure;

    public bool Succeeded => _failure is null;

    public T Value => _value ?? throw new InvalidOperationException("WeChat refused; there is no value.");

    public WeChatFailure Failure => _failure ?? throw new InvalidOperationException("WeChat answered; there is no failure.");

    public bool TryGetValue([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out WeChatFailure? failure)
    {
        value = _value;
        failure = _failure;
        return failure is null;
    }
}
