import { Button, Result } from 'antd';
import { useRouteError } from 'react-router';
import { useText } from '../i18n/useText';

/** Shown when a page fails. After an update of the server the files have new names: a reload fetches them. */
export function PageProblem() {
  const t = useText('common');
  const error = useRouteError();
  return (
    <Result
      status="error"
      title={t('pageProblem')}
      subTitle={error instanceof Error ? error.message : undefined}
      extra={<Button onClick={() => location.reload()}>{t('reload')}</Button>}
    />
  );
}
