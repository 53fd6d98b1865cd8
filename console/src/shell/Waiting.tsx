import { Spin } from 'antd';
import { useText } from '../i18n/useText';

export function Waiting() {
  const t = useText('common');
  return (
    <main aria-busy style={{ display: 'grid', placeItems: 'center', minHeight: '50vh' }}>
      <h1 className="unseen">{t('waiting')}</h1>
      <Spin size="large" aria-label={t('waiting')} />
    </main>
  );
}
