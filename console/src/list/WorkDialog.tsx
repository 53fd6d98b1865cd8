import { Alert, Button, Modal, Progress } from 'antd';
import { useText } from '../i18n/useText';
import { formatNumber } from '../i18n/format';
import type { Work } from './useWork';

export function WorkDialog({ work, onClose }: { work: Work | null; onClose: () => void }) {
  const t = useText('list');
  if (work === null) {
    return null;
  }

  return (
    <Modal
      open
      title={work.title}
      closable={false}
      mask={{ closable: false }}
      footer={<Button onClick={onClose}>{work.isOver ? t('work.close') : t('work.stop')}</Button>}
    >
      <Progress
        percent={Math.round((work.done / Math.max(work.total, 1)) * 100)}
        status={work.failures.length > 0 ? 'exception' : 'normal'}
        aria-label={work.title}
      />
      <p role="status">{t('work.done', { done: formatNumber(work.done), total: formatNumber(work.total) })}</p>
      {work.failures.length > 0 && (
        <Alert
          type="error"
          title={t('work.failed', { count: work.failures.length })}
          description={work.failures.slice(0, 20).map((failure) => (
            <div key={failure}>{failure}</div>
          ))}
        />
      )}
    </Modal>
  );
}
