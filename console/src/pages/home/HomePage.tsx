import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Descriptions, type DescriptionsProps, Empty, Flex, Segmented, Skeleton, Statistic, Typography } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { envelope, http, type Schemas } from '../../api/client';
import { formatBytes, formatNumber, formatTime } from '../../i18n/format';
import { textOr } from '../../i18n/textOr';
import { useText } from '../../i18n/useText';
import { addressOf, fullName, kindOfName } from '../../kinds';
import { OrganizationFilter } from '../../components/OrganizationFilter';
import { LinkButton } from '../../components/LinkButton';
import { isStill } from '../../components/motion';
import { PageTitle } from '../../components/PageTitle';
import { Wide } from '../../components/Wide';
import { AddressCredentials } from './AddressCredentials';
import { Refusals } from './Refusals';
import type { Series } from './Chart';

const BarChart = lazy(async () => ({ default: (await import('./Chart')).BarChart }));

const ranges = ['24h', '7d', '30d', '90d'] as const;
const refreshEvery = 60_000;
const shownMinutes = 10;

type Statistics = Schemas['Statistics'];

/** Statistics of the selected time. */
export function HomePage() {
  const t = useText('home');
  const { i18n } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const wanted = search.get('range');
  const range = ranges.find((one) => one === wanted) ?? '7d';
  const organization = search.get('organization') ?? '';
  const statistics = useQuery({
    queryKey: ['statistics', range, organization],
    refetchInterval: refreshEvery,
    queryFn: async () =>
      (await envelope(() => http.GET('/api/get-statistics', { params: { query: { range, organization, offset: -new Date().getTimezoneOffset() } } }))).data,
  });
  const set = (name: string, value: string): void =>
    setSearch((before) => {
      const after = new URLSearchParams(before);
      if (value.length > 0) {
        after.set(name, value);
      } else {
        after.delete(name);
      }

      return after;
    });
  const data = statistics.data;
  return (
    <>
      <PageTitle title={t('common:home')}>
        <OrganizationFilter value={organization} onChange={(value) => set('organization', value)} />
        <Segmented
          aria-label={t('range')}
          value={range}
          onChange={(value) => set('range', value)}
          options={ranges.map((one) => ({ value: one, label: t(`ranges.${one}`) }))}
        />
      </PageTitle>
      {statistics.error !== null && <Alert type="error" showIcon title={statistics.error.message} className="spaced" />}
      {data !== undefined && <AddressCredentials users={data.credentialsInQuery} />}
      {data === undefined ? (
        statistics.error === null && <Skeleton active />
      ) : data.applications === 0 || data.signIns.length + data.failures.length === 0 ? (
        <DayOne data={data} />
      ) : (
        <Figures key={i18n.language} data={data} />
      )}
    </>
  );
}

/** Shown while there are no statistics: the next step instead of empty charts. */
function DayOne({ data }: { data: Statistics }) {
  const t = useText('home');
  return (
    <Card>
      <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={<>{data.applications === 0 ? t('dayOne') : t('quiet')}</>}>
        <LinkButton to="/connect" type="primary">
          {t('common:connect')}
        </LinkButton>
      </Empty>
    </Card>
  );
}

function Figures({ data }: { data: Statistics }) {
  const t = useText('home');
  const { i18n } = useTranslation();
  const language = i18n.language === 'zh' ? 'zh' : 'en';
  const steps = useMemo(() => {
    const format = new Intl.DateTimeFormat(i18n.language, data.step === 'hour' ? { hour: '2-digit', minute: '2-digit' } : { month: 'short', day: 'numeric' });
    return data.steps.map((time) => format.format(new Date(time)));
  }, [data, i18n.language]);
  const signIns = useSeries(data, data.signIns);
  const newUsers = useSeries(data, data.newUsers);
  const failed = data.failures.reduce((sum, failure) => sum + failure.count, 0);
  return (
    <>
      <div className="cards figures">
        <Figure title={t('signIns')} value={total(data.signIns)} />
        <Figure title={t('newUsers')} value={total(data.newUsers)} />
        <Figure title={t('failures')} value={failed} />
        <Figure title={t('users')} value={data.users} />
      </div>
      <div className="cards">
        <ChartCard title={t('signInsByMethod')} steps={steps} series={signIns} />
        <ChartCard title={t('newUsers')} steps={steps} series={newUsers} />
        <Card title={<h2 className="card-title">{t('failuresByReason')}</h2>} className="wide">
          {data.failures.length === 0 ? (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('noFailures')} />
          ) : (
            <Wide label={t('failuresByReason')}>
              <table className="plain-table">
                <thead>
                  <tr>
                    <th scope="col">{t('reason')}</th>
                    <th scope="col">{t('count')}</th>
                    <th scope="col" className="text">
                      {t('meaning')}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {data.failures.map((failure) => (
                    <tr key={failure.reason}>
                      <th scope="row">
                        <Typography.Text code>{failure.reason}</Typography.Text>
                      </th>
                      <td>{formatNumber(failure.count)}</td>
                      <td className="text">{failure.meaning[language]}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Wide>
          )}
        </Card>
        <Refusals refusals={data.refusals} />
        {data.weChat !== null && <WeChatCard weChat={data.weChat} />}
        <Card title={<h2 className="card-title">{t('health')}</h2>}>
          <Descriptions
            column={1}
            size="small"
            items={[
              ...data.tokens.map((one) => ({
                key: one.grantType,
                label: t('tokensOf', { grant: textOr(`home:grant.${one.grantType}`, one.grantType) }),
                children: formatNumber(one.count),
              })),
              ...webhookItems(t, data.webhooks),
              ...(data.signOutNotices === null
                ? []
                : [
                    {
                      key: 'notices',
                      label: t('notices'),
                      children: t('noticesWaiting', { waiting: formatNumber(data.signOutNotices.waiting), late: formatNumber(data.signOutNotices.late) }),
                    },
                  ]),
              ...(data.storage === null
                ? []
                : [
                    { key: 'database', label: t('database'), children: formatBytes(data.storage.database) },
                    { key: 'files', label: t('files'), children: formatBytes(data.storage.files) },
                  ]),
            ]}
          />
        </Card>
      </div>
    </>
  );
}

/** Empty if there were no deliveries. */
function webhookItems(
  t: ReturnType<typeof useText<'home'>>,
  { delivered, failed, waiting, troubled }: Schemas['WebhookHealth'],
): DescriptionsProps['items'] & object {
  return delivered + failed + waiting + troubled.length === 0
    ? []
    : [
        {
          key: 'webhooks',
          label: t('webhooks'),
          children: t('webhooksTold', { delivered: formatNumber(delivered), failed: formatNumber(failed), waiting: formatNumber(waiting) }),
        },
        ...(troubled.length === 0
          ? []
          : [
              {
                key: 'troubled',
                label: t('webhooksTroubled'),
                children: (
                  <Flex vertical>
                    {troubled.map((one) => (
                      <Link key={fullName(one)} to={`${addressOf(kindOfName('webhook'), fullName(one))}?tab=deliveries`}>
                        {one.name}
                      </Link>
                    ))}
                  </Flex>
                ),
              },
            ]),
      ];
}

function Figure({ title, value }: { title: string; value: number }) {
  return (
    <Card>
      <Statistic title={title} value={value} formatter={(number) => formatNumber(Number(number))} />
    </Card>
  );
}

function ChartCard({ title, steps, series }: { title: string; steps: readonly string[]; series: readonly Series[] }) {
  const t = useText('home');
  return (
    <Card title={<h2 className="card-title">{title}</h2>}>
      <Suspense fallback={<Skeleton active />}>
        <BarChart label={title} steps={steps} series={series} isStill={isStill()} />
      </Suspense>
      <details>
        <summary>{t('asTable')}</summary>
        <Wide label={title}>
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">{t('time')}</th>
                {series.map((one) => (
                  <th key={one.name} scope="col">
                    {one.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {steps.map((step, index) => (
                <tr key={`${step}-${index}`}>
                  <th scope="row">{step}</th>
                  {series.map((one) => (
                    <td key={one.name}>{formatNumber(one.values[index] ?? 0)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      </details>
    </Card>
  );
}

function WeChatCard({ weChat }: { weChat: Schemas['WeChatHealth'] }) {
  const t = useText('home');
  return (
    <Card title={<h2 className="card-title">{t('weChat')}</h2>}>
      <Flex gap="large" wrap className="spaced">
        <Statistic title={t('calls')} value={formatNumber(weChat.calls)} />
        <Statistic title={t('slow')} value={formatNumber(weChat.slow)} />
        <Statistic title={t('failedCalls')} value={formatNumber(weChat.failed)} />
      </Flex>
      {weChat.slowMinutes.length === 0 ? (
        <Typography.Text type="secondary">{t('noSlowMinutes')}</Typography.Text>
      ) : (
        <Wide label={t('weChat')}>
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">{t('minute')}</th>
                <th scope="col">{t('slow')}</th>
                <th scope="col">{t('failedCalls')}</th>
                <th scope="col">{t('worst')}</th>
              </tr>
            </thead>
            <tbody>
              {weChat.slowMinutes.slice(0, shownMinutes).map((minute) => (
                <tr key={minute.time}>
                  <th scope="row">
                    <time dateTime={minute.time}>{formatTime(minute.time)}</time>
                  </th>
                  <td>{formatNumber(minute.slow)}</td>
                  <td>{formatNumber(minute.failed)}</td>
                  <td>{t('milliseconds', { count: minute.worstMilliseconds })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </Card>
  );
}

const total = (counts: readonly Schemas['DoorCount'][]): number => counts.reduce((sum, one) => sum + one.count, 0);

function useSeries(data: Statistics, counts: readonly Schemas['DoorCount'][]): readonly Series[] {
  return useMemo(() => {
    const at = new Map(data.steps.map((time, index) => [time, index]));
    const doors = new Map<string, number[]>();
    for (const { time, door, count } of counts) {
      const values = doors.get(door) ?? new Array<number>(data.steps.length).fill(0);
      values[at.get(time) ?? 0]! += count;
      doors.set(door, values);
    }

    return [...doors].map(([door, values]) => ({ name: textOr(`home:method.${door}`, door), values }));
  }, [data, counts]);
}
