import { Alert, Button, Card, Form, Input, Radio, Result, Select, Spin, Steps, Typography } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { namedLabel } from '../../kinds/labels';
import { envelope, http } from '../../api/client';
import { getObject, listObjects } from '../../api/objects';
import { useCurrentUser } from '../../api/currentUser';
import { CopyButton } from '../../components/CopyButton';
import { useText } from '../../i18n/useText';
import { useOrganizationNames } from '../../components/OrganizationFilter';
import { issuer } from '../../page';
import { addressOf, kindOfName } from '../../kinds';
import { LinkButton } from '../../components/LinkButton';
import { PageTitle } from '../../components/PageTitle';
import { Checks } from './Checks';
import { aNewOne, connect, type Wanted } from './connect';
import { textOf } from '../../api/kindPaths';
import styles from './ConnectPage.module.css';

const asksEvery = 3000;
const asksFor = 30 * 60_000;
const name = /^[a-z0-9][a-z0-9-]{0,60}$/;

/** Leads from AppID and AppSecret to the first user: creates missing objects, checks everything, and waits for the first sign-in. */
export function ConnectPage() {
  const t = useText('connect');
  const [search, setSearch] = useSearchParams();
  const provider = search.get('provider');
  const application = search.get('application');
  const isConnected = provider !== null && application !== null;
  return (
    <>
      <PageTitle title={t('common:connect')}>{isConnected && <Button onClick={() => setSearch({})}>{t('another')}</Button>}</PageTitle>
      <Steps
        current={isConnected ? 1 : 0}
        className={styles.steps}
        responsive
        items={[{ title: t('step.credentials') }, { title: t('step.check') }, { title: t('step.code') }]}
      />
      {isConnected ? (
        <>
          <Card title={<h2 className="card-title">{t('step.check')}</h2>} className="spaced">
            <Checks provider={provider} application={application} shown={(check) => check.name !== 'firstSignIn'} />
          </Card>
          <Card title={<h2 className="card-title">{t('step.code')}</h2>} className="spaced">
            <ClientCode application={application} />
          </Card>
          <FirstSignIn provider={provider} application={application} />
        </>
      ) : (
        <CredentialsForm onConnected={(connected) => setSearch({ ...connected })} />
      )}
    </>
  );
}

function CredentialsForm({ onConnected }: { onConnected: (connected: { provider: string; application: string }) => void }) {
  const t = useText('connect');
  const currentUser = useCurrentUser();
  const cache = useQueryClient();
  const names = useOrganizationNames().filter((o) => o.name !== 'built-in');
  const [form] = Form.useForm<Wanted>();
  const [refusal, setRefusal] = useState('');
  const [isBusy, setBusy] = useState(false);
  const organization = Form.useWatch('organization', form) ?? (currentUser.isGlobal ? undefined : currentUser.organization);
  const application = Form.useWatch('application', form);
  const applications = useQuery({
    queryKey: ['list', 'applications', 'of', organization],
    enabled: organization !== undefined && organization !== aNewOne,
    queryFn: () => listObjects('applications', { p: 1, pageSize: 100, owner: 'admin', organization }),
  });
  const submit = async (wanted: Wanted): Promise<void> => {
    setRefusal('');
    setBusy(true);
    try {
      const connected = await connect({
        ...wanted,
        appId: wanted.appId.trim(),
        appSecret: wanted.appSecret.trim(),
        organization: currentUser.isGlobal ? wanted.organization : currentUser.organization,
      });
      await cache.invalidateQueries();
      onConnected(connected);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
      await cache.invalidateQueries({ queryKey: ['organization-names'] });
    } finally {
      setBusy(false);
    }
  };
  if (!currentUser.isGlobal && currentUser.organization === 'built-in') {
    return null;
  }

  return (
    <Card>
      <Form<Wanted>
        form={form}
        layout="vertical"
        onFinish={(wanted) => void submit(wanted)}
        disabled={isBusy}
        initialValues={{ application: aNewOne, ...(currentUser.isGlobal ? {} : { organization: currentUser.organization }) }}
        className={styles.form}
        scrollToFirstError
      >
        <Form.Item
          name="appId"
          label="AppID"
          extra={t('appIdHelp')}
          rules={[
            { required: true, message: t('appIdHelp') },
            { pattern: /^\s*wx[0-9A-Za-z_-]{4,62}\s*$/, message: t('appIdForm') },
          ]}
        >
          <Input autoComplete="off" spellCheck={false} autoFocus placeholder="wx…" />
        </Form.Item>
        <Form.Item name="appSecret" label="AppSecret" extra={t('appSecretHelp')} rules={[{ required: true, message: t('appSecretHelp') }]}>
          <Input.Password autoComplete="off" spellCheck={false} />
        </Form.Item>
        {currentUser.isGlobal && (
          <Form.Item name="organization" label={t('organization')} extra={t('organizationHelp')} rules={[{ required: true, message: t('organizationHelp') }]}>
            <Select
              placeholder={t('edit:chooseOrganization')}
              showSearch={{ optionFilterProp: 'label' }}
              onChange={() => form.setFieldValue('application', aNewOne)}
              options={[{ value: aNewOne, label: t('newOrganization') }, ...names.map((o) => ({ value: o.name, label: namedLabel(o.name, o.displayName) }))]}
            />
          </Form.Item>
        )}
        {organization === aNewOne && (
          <Form.Item name="newOrganization" label={t('newOrganizationName')} rules={[{ required: true, pattern: name, message: t('nameForm') }]}>
            <Input autoComplete="off" placeholder="shop" />
          </Form.Item>
        )}
        <Form.Item name="application" label={t('application')} extra={t('applicationHelp')}>
          <Radio.Group>
            <Radio value={aNewOne}>{t('newApplication')}</Radio>
            {(organization === aNewOne ? [] : (applications.data?.items ?? [])).map((one) => (
              <Radio key={one.name} value={one.name}>
                {textOf(one['displayName']) || one.name}
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
        {application === aNewOne && (
          <Form.Item name="newApplication" label={t('newApplicationName')} rules={[{ required: true, pattern: name, message: t('nameForm') }]}>
            <Input autoComplete="off" placeholder="shop-app" />
          </Form.Item>
        )}
        {refusal.length > 0 && <Alert type="error" showIcon title={refusal} className="spaced" />}
        <Button type="primary" htmlType="submit" loading={isBusy}>
          {t('connectAndCheck')}
        </Button>
      </Form>
    </Card>
  );
}

function ClientCode({ application }: { application: string }) {
  const t = useText('connect');
  const found = useQuery({ queryKey: ['object', 'application', application], queryFn: () => getObject('application', application) });
  const clientId = textOf(found.data?.['clientId']) || '…';
  const code = `const { code } = await wx.login()
wx.request({
  method: 'POST', header: { 'content-type': 'application/x-www-form-urlencoded' },
  url: '${issuer}/api/login/oauth/access_token',
  data: { tag: 'wechat_miniprogram', client_id: '${clientId}', code },
  success: ({ data }) => { getApp().globalData.token = data.access_token }
})`;
  return (
    <>
      <p>{t('codeHelp')}</p>
      <pre className="code" tabIndex={0} aria-label={t('step.code')}>
        {code}
      </pre>
      <CopyButton text={code} withText />
    </>
  );
}

function FirstSignIn({ provider, application }: { provider: string; application: string }) {
  const t = useText('connect');
  const [since] = useState(() => Date.now());
  const first = useQuery({
    queryKey: ['first-sign-in', provider, application],
    queryFn: async () =>
      (await envelope(() => http.POST('/api/diagnose-provider', { params: { query: { id: provider, application, only: 'firstSignIn' } } }))).data.checks.find(
        (check) => check.name === 'firstSignIn',
      ),
    // Stops after a time, so that a forgotten page sends no requests.
    refetchInterval: (query) => (query.state.data?.state === 'ok' || Date.now() - since > asksFor ? false : asksEvery),
  });
  const user = first.data?.state === 'ok' ? first.data.value : '';
  return (
    <Card aria-live="polite">
      {user.length > 0 ? (
        <Result
          status="success"
          title={t('came', { user })}
          extra={
            <LinkButton to={addressOf(kindOfName('user'), user)} type="primary">
              {t('look')}
            </LinkButton>
          }
        />
      ) : (
        <Result icon={<Spin size="large" />} title={t('waitingForFirst')} subTitle={<Typography.Text type="secondary">{t('waitingHelp')}</Typography.Text>} />
      )}
    </Card>
  );
}
