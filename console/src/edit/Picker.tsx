import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useText } from '../i18n/useText';
import type { ObjectData } from '../api/kindPaths';
import { listObjects } from '../api/objects';
import { useCurrentUser } from '../api/currentUser';
import { fullName, kindOfName, organizationOf } from '../kinds';
import { namedLabel } from '../kinds/labels';
import type { Field } from '../kinds/kind';

const offered = 30;

/** Selects objects of a kind by name. The server searches, so that it is fast with a million users too. */
export function Picker({
  label,
  field,
  object,
  id,
  value,
  onChange,
}: {
  label?: string;
  field: Field;
  object: ObjectData;
  id?: string;
  value?: unknown;
  onChange?: (value: unknown) => void;
}) {
  const t = useText('edit');
  const currentUser = useCurrentUser();
  const kind = kindOfName(field.of!);
  const [typed, setTyped] = useState('');
  const [isOpen, setOpen] = useState(false);
  const text = useDeferredValue(typed);
  const own = organizationOf(object);
  const organization = kind.name === 'organization' ? '' : own.length > 0 ? own : currentUser.isGlobal ? '' : currentUser.organization;
  const isPrefix = kind.columns.find((column) => column.name === 'name')?.search === 'prefix';
  const found = useQuery({
    queryKey: ['list', kind.plural, 'picker', organization, text],
    enabled: isOpen,
    staleTime: 10_000,
    queryFn: ({ signal }) =>
      listObjects(
        kind.plural,
        {
          p: 1,
          pageSize: offered,
          ...(organization.length > 0 ? { organization } : {}),
          ...(text.length > 0 ? { field: 'name', value: text, ...(isPrefix ? { match: 'prefix' } : {}) } : {}),
        },
        signal,
      ),
  });
  const options = (found.data?.items ?? []).map((item) => {
    const name = field.isFullId === true ? fullName(item) : String(item.name);
    return { value: name, label: item['displayName'] === item.name ? name : namedLabel(name, item['displayName']) };
  });
  const isMany = field.type === 'pickers';
  return (
    <Select
      id={id}
      aria-label={label}
      mode={isMany ? 'multiple' : undefined}
      value={isMany ? (value ?? []) : value || undefined}
      onChange={(chosen: unknown) => onChange?.(chosen ?? '')}
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped, searchValue: typed }}
      onOpenChange={setOpen}
      loading={found.isFetching}
      options={options}
      placeholder={label ?? t('choose')}
      notFoundContent={found.isFetching ? t('searching') : t('list:nothingFound')}
    />
  );
}
