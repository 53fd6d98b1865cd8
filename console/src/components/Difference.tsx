import { Descriptions, Typography } from 'antd';
import { textOf } from '../api/kindPaths';
import { fieldLabel } from '../kinds/labels';

const read = (text: unknown): Record<string, unknown> => {
  try {
    const value: unknown = typeof text === 'string' && text.length > 0 ? JSON.parse(text) : {};
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const show = (value: unknown): string => (typeof value === 'object' && value !== null ? JSON.stringify(value) : textOf(value) || '–');

/** The change in a record: each property before and after. */
export function Difference({ kind, before, after }: { kind: string; before: unknown; after: unknown }) {
  const [old, next] = [read(before), read(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  return names.length === 0 ? null : (
    <Descriptions
      size="small"
      column={1}
      items={names.map((name) => ({
        key: name,
        label: fieldLabel(kind, name),
        children: (
          <span className="breakable">
            {name in old && <Typography.Text delete>{show(old[name])}</Typography.Text>} {name in next && <Typography.Text>{show(next[name])}</Typography.Text>}
          </span>
        ),
      }))}
    />
  );
}
