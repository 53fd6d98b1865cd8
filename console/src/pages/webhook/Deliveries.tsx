import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Empty, Flex, Select, Table, Tag, Typography } from 'antd';
import { envelope, http } from '../../api/client';
import { type ObjectData, textOf } from '../../api/kindPaths';
import { useText } from '../../i18n/useText';
import { fullName, idOf } from '../../kinds';
import type { Kind } from '../../kinds/kind';
import { valueLabel } from '../../kinds/labels';
import { useListAddress } from '../../list/address';
import { useTableOf } from '../../list/useTableOf';
import { Icons } from '../../components/icons';
import { Wide } from '../../components/Wide';
import { states, webhookEvent } from './event';
import styles from './Deliveries.module.css';

const colours: Record<string, string | undefined> = { Failed: 'error' };

/** The codes that have a text of their own; a server of a later version may know others. */
const reasons = ['answered', 'timeout', 'unreachable', 'private_address', 'address_not_allowed', 'switched_off', 'record_gone', 'too_large'] as const;

/** The deliveries of a webhook, and why some of them failed. */
export default function Deliveries({ object, kind }: { object: ObjectData; kind: Kind }) {
  const t = useText('webhook');
  const cache = useQueryClient();
  const { message } = App.useApp();
  const [address, change] = useListAddress();
  const state = states.find((one) => one === address.value) ?? '';
  const query = { webhook: idOf(kind, object), state, p: address.page, pageSize: address.pageSize };
  const list = useQuery({
    queryKey: ['deliveries', query],
    queryFn: async () => envelope(() => http.GET('/api/get-webhook-events', { params: { query } })),
    placeholderData: keepPreviousData,
  });
  const reasonOf = (row: ObjectData): string => {
    const known = reasons.find((one) => one === row['lastErrorCode']);
    return known === undefined ? textOf(row['lastError']) : t(`why.${known}`, { code: Number(row['lastStatusCode']) });
  };
  const again = async (row: ObjectData): Promise<void> => {
    try {
      await envelope(() => http.POST('/api/replay-webhook-event', { params: { query: { id: fullName(row) } } }));
      void message.success(t('sentAgain'));
      await cache.invalidateQueries({ queryKey: ['deliveries'] });
    } catch (error) {
      void message.error((error as Error).message);
    }
  };
  const table = useTableOf(webhookEvent.name, webhookEvent.columns, address, change, list.data?.data2 ?? 0, (inside, row, index) => {
    switch (webhookEvent.columns[index]!.name) {
      case 'state':
        return <Tag color={colours[String(row['state'])]}>{inside}</Tag>;
      case 'lastError':
        return <span className="sentence">{reasonOf(row)}</span>;
      case 'nextRetryTime':
        return row['nextRetryTime'] ? (
          inside
        ) : (
          <Button size="small" onClick={() => void again(row)}>
            {t('sendAgain')}
          </Button>
        );
      default:
        return inside;
    }
  });
  return (
    <>
      <Flex gap="small" wrap className="spaced">
        <Select
          aria-label={t('stateFilter')}
          className={styles.state}
          value={state}
          onChange={(value) => change({ value })}
          options={[{ value: '', label: t('anyState') }, ...states.map((value) => ({ value, label: valueLabel('state', value) }))]}
        />
        <Button icon={<Icons.reload />} aria-label={t('list:reload')} onClick={() => void list.refetch()} loading={list.isFetching} />
      </Flex>
      {list.error !== null && <Alert type="error" showIcon title={list.error.message} className="spaced" />}
      <Wide label={t('kinds:panels.deliveries')}>
        <Table<ObjectData>
          {...table}
          rowKey={(row) => String(row.name)}
          dataSource={list.data?.data ?? []}
          loading={list.isPending}
          expandable={{
            columnTitle: <span className="unseen">{t('message')}</span>,
            expandedRowRender: (row) => <DeliveryDetails row={row} />,
          }}
          locale={{
            emptyText: list.isPending ? ' ' : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={state === '' ? t('nothing') : t('list:nothingFound')} />,
          }}
        />
      </Wide>
    </>
  );
}

/** What was sent, and the beginning of the response. */
function DeliveryDetails({ row }: { row: ObjectData }) {
  const t = useText('webhook');
  const text = (value: unknown): string => {
    const given = textOf(value);
    try {
      return JSON.stringify(JSON.parse(given), null, 2);
    } catch {
      return given;
    }
  };
  return (
    <>
      {(['payload', 'extendedUser', 'lastResponse'] as const).map((name) =>
        text(row[name]) === '' ? null : (
          <section key={name}>
            <Typography.Text strong>{t(name)}</Typography.Text>
            <pre className="code">{text(row[name])}</pre>
          </section>
        ),
      )}
    </>
  );
}
