import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Empty, Flex, Table } from 'antd';
import { useState } from 'react';
import { Icons } from '../../components/icons';
import { http } from '../../api/client';
import { type ObjectData, textOf } from '../../api/kindPaths';
import { listObjects } from '../../api/objects';
import { useCurrentUser } from '../../api/currentUser';
import { Difference } from '../../components/Difference';
import { useText } from '../../i18n/useText';
import { queryOf, useListAddress } from '../../list/address';
import { ColumnChoice } from '../../list/ColumnChoice';
import { download } from '../../list/csv';
import { OrganizationFilter } from '../../components/OrganizationFilter';
import { SearchBox } from '../../list/SearchBox';
import { useTableOf } from '../../list/useTableOf';
import { PageTitle } from '../../components/PageTitle';
import { Wide } from '../../components/Wide';
import { record } from './record';

/** The audit trail, newest first. Each record expands to its changes. */
export function RecordsPage() {
  const t = useText('list');
  const currentUser = useCurrentUser();
  const { message } = App.useApp();
  const [address, change] = useListAddress();
  const [isExporting, setExporting] = useState(false);
  const query = queryOf(record, address);
  const list = useQuery({
    queryKey: ['list', 'records', query],
    queryFn: ({ signal }) => listObjects('records', query, signal),
    placeholderData: keepPreviousData,
  });
  const shown = record.columns.filter((column) =>
    address.columns === null ? column.isHidden !== true && (currentUser.isGlobal || column.name !== 'organization') : address.columns.includes(column.name),
  );
  const table = useTableOf('record', shown, address, change, list.data?.total ?? 0);
  const exportAll = async (): Promise<void> => {
    setExporting(true);
    try {
      const { data, response } = await http.GET('/api/export-records', {
        params: { query: { format: 'csv', organization: address.organization } },
        parseAs: 'blob',
      });
      if (!(data instanceof Blob) || response.headers.get('content-type')?.startsWith('text/csv') !== true) {
        throw new Error(t('exportFailed'));
      }

      download('records.csv', [data], 'text/csv;charset=utf-8');
    } catch (error) {
      void message.error((error as Error).message);
    } finally {
      setExporting(false);
    }
  };
  return (
    <>
      <PageTitle title={t('common:records')} />
      <Flex gap="small" wrap className="spaced">
        <OrganizationFilter value={address.organization} onChange={(organization) => change({ organization })} />
        <SearchBox kind={record} address={address} onChange={change} />
        <ColumnChoice kind={record} shown={shown} onChange={(names) => change({ columns: names.join(',') })} />
        <Button icon={<Icons.reload />} aria-label={t('reload')} onClick={() => void list.refetch()} loading={list.isFetching} />
        <Button icon={<Icons.download />} onClick={() => void exportAll()} loading={isExporting}>
          {t('export')}
        </Button>
      </Flex>
      {list.error !== null && <Alert type="error" showIcon title={list.error.message} className="spaced" />}
      <Wide label={t('common:records')}>
        <Table<ObjectData>
          {...table}
          rowKey={(row) => String(row['id'])}
          dataSource={list.data?.items ?? []}
          loading={list.isPending}
          expandable={{
            columnTitle: <span className="unseen">{t('changes')}</span>,
            expandedRowRender: (row) => (
              <Difference kind={textOf(row['action']).split('-').slice(1).join('-')} before={row['oldObject']} after={row['object']} />
            ),
            rowExpandable: (row) => textOf(row['object']).length + textOf(row['oldObject']).length > 0,
          }}
          locale={{ emptyText: list.isPending ? ' ' : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('nothingFound')} /> }}
        />
      </Wide>
    </>
  );
}
