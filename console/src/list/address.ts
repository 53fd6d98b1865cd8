import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { ListQuery } from '../api/kindPaths';
import type { Listed } from '../kinds/kind';

const pageSizes = [10, 20, 50, 100] as const;

/** The state of a list in the address of the page. A link shows the same list to other users. */
export interface ListAddress {
  page: number;
  pageSize: number;
  field: string;
  value: string;
  sortField: string;
  sortOrder: 'ascend' | 'descend';
  organization: string;
  group: string;
  columns: readonly string[] | null;
}

export function readAddress(search: URLSearchParams): ListAddress {
  const size = Number(search.get('pageSize'));
  return {
    page: Math.max(1, Math.trunc(Number(search.get('p'))) || 1),
    pageSize: pageSizes.find((one) => one === size) ?? 20,
    field: search.get('field') ?? '',
    value: search.get('value') ?? '',
    sortField: search.get('sort') ?? '',
    sortOrder: search.get('order') === 'ascend' ? 'ascend' : 'descend',
    organization: search.get('organization') ?? '',
    group: search.get('group') ?? '',
    columns: search.get('columns')?.split(',') ?? null,
  };
}

export function useListAddress(): [
  ListAddress,
  (change: Partial<Record<'p' | 'pageSize' | 'field' | 'value' | 'sort' | 'order' | 'organization' | 'group' | 'columns', string>>) => void,
] {
  const [search, setSearch] = useSearchParams();
  const address = useMemo(() => readAddress(search), [search]);
  const change = (changes: Record<string, string>): void =>
    setSearch((before) => {
      const after = new URLSearchParams(before);
      // A changed list starts on its first page.
      if (changes['p'] === undefined && changes['columns'] === undefined) {
        after.delete('p');
      }

      Object.entries(changes).forEach(([name, value]) => (value.length > 0 ? after.set(name, value) : after.delete(name)));
      return after;
    });
  return [address, change];
}

export function queryOf(kind: Listed, address: ListAddress): ListQuery {
  const column = kind.columns.find((c) => c.name === address.field);
  const isSearched = column?.search !== undefined && address.value.length > 0;
  return {
    p: address.page,
    pageSize: address.pageSize,
    ...(address.organization.length > 0 ? { [kind.isFilteredByOwner === true ? 'owner' : 'organization']: address.organization } : {}),
    ...(address.group.length > 0 ? { groupName: address.group } : {}),
    ...(isSearched ? { field: address.field, value: address.value, ...(column.search === 'prefix' ? { match: 'prefix' as const } : {}) } : {}),
    ...(address.sortField.length > 0 ? { sortField: address.sortField, sortOrder: address.sortOrder } : {}),
  };
}

export { pageSizes };
