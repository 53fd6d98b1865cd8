import { Typography } from 'antd';
import { useText } from '../i18n/useText';
import { formatTime } from '../i18n/format';
import type { Field } from '../kinds/kind';
import { textOf } from '../api/kindPaths';
import { valueLabel } from '../kinds/labels';

export function ReadOnlyValue({ field, value }: { field: Field; value: unknown }) {
  const t = useText('edit');
  const text =
    field.type === 'time'
      ? formatTime(value)
      : Array.isArray(value)
        ? value.join(', ')
        : typeof value === 'boolean'
          ? t(value ? 'common:yes' : 'common:no')
          : field.options !== undefined && value !== null && value !== undefined
            ? valueLabel(field.name, textOf(value))
            : textOf(value);
  if (field.type === 'code') {
    return <pre className="code">{text}</pre>;
  }

  return (
    <Typography.Text
      copyable={field.isCopied === true && text.length > 0 ? { text: textOf(value), tooltips: [t('copy'), t('copied')] } : false}
      className="breakable"
    >
      {text.length > 0 ? text : '–'}
    </Typography.Text>
  );
}
