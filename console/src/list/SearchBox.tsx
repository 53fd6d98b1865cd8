import { Input, Select, Space } from 'antd';
import { useState } from 'react';
import { useText } from '../i18n/useText';
import type { Listed } from '../kinds/kind';
import { fieldLabel } from '../kinds/labels';
import type { ListAddress } from './address';
import styles from './SearchBox.module.css';

/** A property and the value to search for. The server searches one property at a time. */
export function SearchBox({ kind, address, onChange }: { kind: Listed; address: ListAddress; onChange: (change: { field: string; value: string }) => void }) {
  const t = useText('list');
  const searchable = kind.columns.filter((column) => column.search !== undefined);
  const [field, setField] = useState(address.field);
  const [value, setValue] = useState(address.value);
  const [shown, setShown] = useState(address);
  if (address.field !== shown.field || address.value !== shown.value) {
    setShown(address);
    setField(address.field);
    setValue(address.value);
  }

  const column = searchable.find((c) => c.name === field) ?? searchable[0];
  if (column === undefined) {
    return null;
  }

  const search = (text: string): void => onChange(text.trim().length > 0 ? { field: column.name, value: text.trim() } : { field: '', value: '' });
  const options = searchable.map((c) => ({ value: c.name, label: fieldLabel(kind.name, c.name) }));
  return (
    <Space.Compact role="search">
      <Select value={column.name} options={options} onChange={setField} popupMatchSelectWidth={false} aria-label={t('searchField')} />
      {column.type === 'bool' ? (
        <Select
          value={value || undefined}
          allowClear
          placeholder={t('any')}
          aria-label={fieldLabel(kind.name, column.name)}
          onChange={(text: string | undefined) => search(text ?? '')}
          options={[
            { value: 'true', label: t('common:yes') },
            { value: 'false', label: t('common:no') },
          ]}
          className={styles.choice}
        />
      ) : (
        <Input.Search
          value={value}
          allowClear
          onChange={(event) => setValue(event.target.value)}
          onSearch={search}
          placeholder={column.type === 'time' ? '2026-01-31' : column.search === 'prefix' ? t('beginsWith') : t('contains')}
          aria-label={t('search')}
        />
      )}
    </Space.Compact>
  );
}
