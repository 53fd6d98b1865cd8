import { Button, Checkbox, Flex, Popover } from 'antd';
import { Icons } from '../components/icons';
import { useText } from '../i18n/useText';
import type { Column, Listed } from '../kinds/kind';
import { fieldLabel } from '../kinds/labels';

/** Selects the columns of a list, at least one. */
export function ColumnChoice({ kind, shown, onChange }: { kind: Listed; shown: readonly Column[]; onChange: (names: string[]) => void }) {
  const t = useText('list');
  const choose = (names: readonly string[]): void => {
    if (names.length > 0) {
      onChange(kind.columns.map((column) => column.name).filter((name) => names.includes(name)));
    }
  };
  return (
    <Popover
      trigger="click"
      title={t('columns')}
      content={
        <Checkbox.Group value={shown.map((column) => column.name)} onChange={choose}>
          <Flex vertical>
            {kind.columns.map((column) => (
              <Checkbox key={column.name} value={column.name}>
                {fieldLabel(kind.name, column.name)}
              </Checkbox>
            ))}
          </Flex>
        </Checkbox.Group>
      }
    >
      <Button icon={<Icons.settings />} aria-label={t('columns')} />
    </Popover>
  );
}
