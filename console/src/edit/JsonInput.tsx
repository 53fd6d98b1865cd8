import { Input } from 'antd';
import { useEffect, useState } from 'react';
import { useText } from '../i18n/useText';

const textOf = (value: unknown): string => (value === null || value === undefined ? '' : JSON.stringify(value, null, 2));

/** A property that is a list or an object, as JSON. While it cannot be read its value is an Error, which the form refuses. */
export function JsonInput({ id, value, onChange }: { id?: string; value?: unknown; onChange?: (value: unknown) => void }) {
  const t = useText('edit');
  const [text, setText] = useState(() => textOf(value));
  useEffect(() => {
    if (!(value instanceof Error)) {
      setText((before) => (sameJson(before, value) ? before : textOf(value)));
    }
  }, [value]);
  const change = (typed: string): void => {
    setText(typed);
    try {
      onChange?.(typed.trim().length === 0 ? null : JSON.parse(typed));
    } catch {
      onChange?.(new Error(t('notJson')));
    }
  };
  return <Input.TextArea id={id} value={text} onChange={(event) => change(event.target.value)} rows={2} className="code" spellCheck={false} />;
}

function sameJson(text: string, value: unknown): boolean {
  try {
    return JSON.stringify(text.trim().length === 0 ? null : JSON.parse(text)) === JSON.stringify(value ?? null);
  } catch {
    return false;
  }
}
