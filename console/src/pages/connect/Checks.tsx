import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { Alert, Button, Flex, Skeleton, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Icons } from '../../components/icons';
import { envelope, http, type Schemas } from '../../api/client';
import { CopyButton } from '../../components/CopyButton';
import { formatTime } from '../../i18n/format';
import { textOr } from '../../i18n/textOr';
import { useText } from '../../i18n/useText';
import styles from './Checks.module.css';

export type Check = Schemas['DiagnosisCheck'];

export function useDiagnosis(provider: string, application?: string) {
  return useQuery({
    queryKey: ['diagnosis', provider, application],
    staleTime: 60_000,
    queryFn: async () =>
      (
        await envelope(() =>
          http.POST('/api/diagnose-provider', { params: { query: { id: provider, ...(application === undefined ? {} : { application }) } } }),
        )
      ).data,
  });
}

/** The requirements of a Mini Program's sign-in, their state as the server has just checked it, and a remedy for each problem. */
export function Checks({ provider, application, shown }: { provider: string; application?: string; shown?: (check: Check) => boolean }) {
  return <CheckList diagnosis={useDiagnosis(provider, application)} {...(shown === undefined ? {} : { shown })} />;
}

export function CheckList({ diagnosis, shown }: { diagnosis: UseQueryResult<{ checkedTime: string; checks: Check[] }>; shown?: (check: Check) => boolean }) {
  const t = useText('connect');
  const checks = (diagnosis.data?.checks ?? []).filter(shown ?? (() => true));
  return (
    <section aria-busy={diagnosis.isFetching}>
      {diagnosis.error !== null && <Alert type="error" showIcon title={diagnosis.error.message} />}
      {diagnosis.isPending ? (
        <Skeleton active />
      ) : (
        <ul className={styles.checks} aria-live="polite">
          {checks.map((check) => (
            <CheckLine key={check.name} check={check} />
          ))}
        </ul>
      )}
      <Flex gap="small" align="center" wrap>
        <Button onClick={() => void diagnosis.refetch()} loading={diagnosis.isFetching}>
          {t('checkAgain')}
        </Button>
        {diagnosis.data !== undefined && <Typography.Text type="secondary">{t('checkedAt', { time: formatTime(diagnosis.data.checkedTime) })}</Typography.Text>}
      </Flex>
    </section>
  );
}

function CheckLine({ check }: { check: Check }) {
  const t = useText('connect');
  const { i18n } = useTranslation();
  const language = i18n.language === 'zh' ? 'zh' : 'en';
  const value = check.name === 'tokenLifetime' ? t('hours', { count: Math.round((Number(check.value) / 3600) * 10) / 10 }) : check.value;
  return (
    <li>
      <StateIcon state={check.state} />
      <div>
        <strong>{textOr(`connect:check.${check.name}`, check.name)}</strong>{' '}
        {value.length > 0 && check.name !== 'serverDomain' && <Typography.Text code>{value}</Typography.Text>}
        <div>
          {check.sentence[language]}
          {check.code !== 0 && <> ({t('weChatCode', { code: check.code })})</>}
        </div>
        {check.name === 'serverDomain' && (
          <Flex gap="small" align="center" wrap>
            <Typography.Text code>{check.value}</Typography.Text>
            <CopyButton text={check.value} withText />
          </Flex>
        )}
        {check.remedy !== null && check.remedy !== undefined && <Typography.Text type="secondary">{check.remedy[language]}</Typography.Text>}
      </div>
    </li>
  );
}

function StateIcon({ state }: { state: string }) {
  const props = { role: 'img', 'aria-label': textOr(`connect:state.${state}`, state) };
  switch (state) {
    case 'ok':
      return <Icons.ok {...props} className={styles.ok} />;
    case 'wrong':
      return <Icons.wrong {...props} className={styles.wrong} />;
    case 'warning':
      return <Icons.warning {...props} className={styles.warning} />;
    case 'waiting':
      return <Icons.waiting {...props} />;
    default:
      return <Icons.unknown {...props} />;
  }
}
