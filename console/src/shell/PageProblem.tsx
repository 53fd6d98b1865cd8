import { Button, Result } from 'antd';
import { useRouteError } from 'react-router';
import { useText } from '../i18n/useText';

/** Where a page broke: a new version of the server has other files, which a reload fetches. */
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
