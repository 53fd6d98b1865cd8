import type { TableProps } from 'antd';
import type { ReactNode } from 'react';
import type { ObjectData } from '../api/kindPaths';
import { formatNumber } from '../i18n/format';
import { useText } from '../i18n/useText';
import type { Column } from '../kinds/kind';
import { fieldLabel } from '../kinds/labels';
import { type ListAddress, pageSizes, type useListAddress } from './address';
import { Cell } from './Cell';

type Change = ReturnType<typeof useListAddress>[1];

/** The common properties of tables that the server pages and sorts, with their state in the address. */
export function useTableOf(
  kind: string,
  columns: readonly Column[],
  address: ListAddress,
  change: Change,
  total: number,
  render: (inside: ReactNode, row: ObjectData, index: number) => ReactNode = (inside) => inside,
): TableProps<ObjectData> {
  const t = useText('list');
  return {
    showSorterTooltip: false,
    onChange: (paging, _, sorter, { action }) => {
      if (action === 'paginate') {
        change({ p: String(paging.current ?? 1), pageSize: String(paging.pageSize ?? address.pageSize) });
      } else if (action === 'sort' && !Array.isArray(sorter)) {
        change(sorter.order ? { sort: String(sorter.columnKey), order: sorter.order } : { sort: '', order: '' });
      }
    },
    columns: columns.map((column, index) => ({
      key: column.name,
      title: fieldLabel(kind, column.name),
      sorter: column.isSorted === true,
      sortOrder: address.sortField === column.name ? address.sortOrder : null,
      render: (_: unknown, row: ObjectData) => render(<Cell column={column} value={row[column.name]} />, row, index),
    })),
    pagination: {
      current: address.page,
      pageSize: address.pageSize,
      total,
      pageSizeOptions: [...pageSizes],
      showSizeChanger: { 'aria-label': t('pageSize') },
      showTotal: (count) => t('total', { total: formatNumber(count) }),
      responsive: true,
    },
  };
}
