import { Button, Result } from 'antd';
import { useText } from '../i18n/useText';
import { Link } from 'react-router';
import { PageTitle } from './PageTitle';

export function NotFound() {
  const t = useText('common');
  return (
    <>
      <PageTitle title={t('notFound')} />
      <Result status="404" subTitle={t('notFoundHelp')} extra={<Link to="/"><Button tabIndex={-1}>{t('toHome')}</Button></Link>} />
    </>
  );
}
