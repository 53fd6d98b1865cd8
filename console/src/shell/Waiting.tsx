import { Spin } from 'antd';
import { useText } from '../i18n/useText';
import styles from './Waiting.module.css';

export function Waiting() {
  const t = useText('common');
  return (
    <main aria-busy className={styles.waiting}>
      <h1 className="unseen">{t('waiting')}</h1>
      <Spin size="large" aria-label={t('waiting')} />
    </main>
  );
}
