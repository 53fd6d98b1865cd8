import { Input } from 'antd';
import { useState } from 'react';
import { isUnreadable, typedText, unreadable } from './unreadable';

const jsonOf = (value: unknown): string =>
  value === null || value === undefined ? '' : isUnreadable(value) ? typedText(value) : JSON.stringify(value, null, 2);

/** A property that is a list or an object, as JSON. */
export function JsonInput({ id, value, onChange }: { id?: string; value?: unknown; onChange?: (value: unknown) => void }) {
  const [text, setText] = useState(() => jsonOf(value));
  const [shown, setShown] = useState(value);
  if (value !== shown) {
    setShown(value);
    setText(sameValue(text, value) ? text : jsonOf(value));
  }

  const change = (typed: string): void => {
    setText(typed);
    onChange?.(valueOf(typed));
  };
  return <Input.TextArea id={id} value={text} onChange={(event) => change(event.target.value)} rows={2} className="code" spellCheck={false} />;
}

function valueOf(text: string): unknown {
  try {
    return text.trim().length === 0 ? null : JSON.parse(text);
  } catch {
    return unreadable(text);
  }
}

const sameValue = (text: string, value: unknown): boolean => JSON.stringify(valueOf(text)) === JSON.stringify(value ?? null);
