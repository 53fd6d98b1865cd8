import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Empty, Skeleton, Timeline, Typography } from 'antd';
import { useState } from 'react';
import { useText } from '../i18n/useText';
import { envelope, http } from '../api/client';
import { formatTime } from '../i18n/format';
import type { Kind } from '../kinds/kind';
import { Difference } from '../components/Difference';

const atOnce = 20;

/** The changes of an object and their authors, from the audit trail. */
export default function HistoryTab({ kind, id }: { kind: Kind; id: string }) {
  const t = useText('edit');
  const [shown, setShown] = useState(atOnce);
  const records = useQuery({
    queryKey: ['history', kind.name, id, shown],
    queryFn: async () => {
      const answer = await envelope(() => http.POST('/api/get-records-filter', { params: { query: { p: 1, pageSize: shown } }, body: { target: id } }));
      return (answer.data ?? []).filter(
        (record) => record.action.endsWith(`-${kind.name}`) || record.action.startsWith('show-') || record.action.startsWith('rotate-'),
      );
    },
  });
  if (records.error !== null) {
    return <Alert type="error" showIcon title={records.error.message} />;
  }

  if (records.data === undefined) {
    return <Skeleton active />;
  }

  return records.data.length === 0 ? (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('noHistory')} />
  ) : (
    <>
      <Timeline
        items={records.data.map((record) => ({
          key: record.id,
          content: (
            <>
              <Typography.Text strong>{record.user}</Typography.Text> <Typography.Text code>{record.action}</Typography.Text>{' '}
              <time dateTime={record.createdTime}>{formatTime(record.createdTime)}</time> <Typography.Text type="secondary">{record.clientIp}</Typography.Text>
              <Difference kind={kind.name} before={record.oldObject} after={record.object} />
            </>
          ),
        }))}
      />
      {records.data.length >= shown && <Button onClick={() => setShown(shown + atOnce)}>{t('older')}</Button>}
    </>
  );
}
