import { Result } from 'antd';
import { useText } from '../i18n/useText';
import { LinkButton } from '../components/LinkButton';
import { PageTitle } from '../components/PageTitle';

export function NotFound() {
  const t = useText('common');
  return (
    <>
      <PageTitle title={t('notFound')} />
      <Result status="404" subTitle={t('notFoundHelp')} extra={<LinkButton to="/">{t('toHome')}</LinkButton>} />
    </>
  );
}
