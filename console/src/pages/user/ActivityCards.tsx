import { Alert, App, Button, Card, Empty, Skeleton, Table, Tag, Typography } from 'antd';
import { formatTime } from '../../i18n/format';
import { textOr } from '../../i18n/textOr';
import { useText } from '../../i18n/useText';
import { Wide } from '../../components/Wide';
import { useActivity, useSignOutUser } from './activity';

/** The WeChat identities, the active sign-ins and the sign-in history of a user, for administrators and for the user. */
export function ActivityCards({ id, isSelf = false }: { id: string; isSelf?: boolean }) {
  const t = useText('user');
  const { message } = App.useApp();
  const activity = useActivity(id);
  const signOut = useSignOutUser(id);
  if (activity.error !== null) {
    return <Alert type="error" showIcon title={activity.error.message} />;
  }

  if (activity.data === undefined) {
    return <Skeleton active />;
  }

  const { identities, sessions, applications, signIns } = activity.data;
  const end = async (what: { clientId?: string; session?: string }): Promise<void> => {
    try {
      await signOut.mutateAsync(what);
      void message.success(t('ended'));
    } catch (error) {
      void message.error((error as Error).message);
    }
  };
  const nothing = (text: string) => <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text} />;
  return (
    <div className="cards">
      <Card title={<h2 className="card-title">{t('identities')}</h2>}>
        {identities.length === 0 ? (
          nothing(t('noIdentities'))
        ) : (
          <ul className="plain">
            {identities.map((identity) => (
              <li key={identity.kind + identity.issuer}>
                <div>
                  <strong>{t(identity.kind === 'unionid' ? 'unionid' : 'openid', { program: identity.provider || identity.issuer })}</strong>
                  <div>
                    <Typography.Text code copyable={{ tooltips: [t('edit:copy'), t('edit:copied')] }} className="breakable">
                      {identity.subject}
                    </Typography.Text>
                  </div>
                  <Typography.Text type="secondary">{t('boundAt', { time: formatTime(identity.createdTime) })}</Typography.Text>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card title={<h2 className="card-title">{t('signedInAt')}</h2>}>
        {applications.length + sessions.length === 0 ? (
          nothing(t('signedInNowhere'))
        ) : (
          <ul className="plain">
            {applications.map((application) => (
              <li key={application.clientId}>
                <div>
                  <strong>{application.displayName || application.name}</strong>
                  <div>
                    <Typography.Text type="secondary">{t('lastThere', { time: formatTime(application.last) })}</Typography.Text>
                  </div>
                </div>
                <Button
                  danger
                  size="small"
                  onClick={() => void end({ clientId: application.clientId })}
                  aria-label={t('endAt', { name: application.displayName || application.name })}
                >
                  {t('end')}
                </Button>
              </li>
            ))}
            {sessions.map((session) => (
              <li key={session.id}>
                <div>
                  <strong>{t('browser')}</strong> <Typography.Text code>{session.id.slice(0, 6)}</Typography.Text>
                  <div>
                    <Typography.Text type="secondary">{t('since', { time: formatTime(session.createdTime) })}</Typography.Text>
                  </div>
                </div>
                <Button danger size="small" onClick={() => void end({ session: session.id })} aria-label={t('endAt', { name: session.id.slice(0, 6) })}>
                  {t('end')}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card title={<h2 className="card-title">{t(isSelf ? 'yourSignIns' : 'signIns')}</h2>} className="wide">
        <Wide label={t(isSelf ? 'yourSignIns' : 'signIns')}>
          <Table
            size="small"
            rowKey={(row) => row.time + row.action}
            pagination={false}
            dataSource={signIns}
            locale={{ emptyText: nothing(t('noSignIns')) }}
            columns={[
              { key: 'time', title: t('time'), render: (_, row) => <time dateTime={row.time}>{formatTime(row.time)}</time> },
              {
                key: 'action',
                title: t('what'),
                render: (_, row) => <Tag color={row.verdict === 'ok' ? undefined : 'error'}>{textOr(`user:action.${row.action}`, row.action)}</Tag>,
              },
              { key: 'ip', title: t('address'), dataIndex: 'clientIp' },
              { key: 'detail', title: t('detail'), dataIndex: 'detail' },
            ]}
          />
        </Wide>
      </Card>
    </div>
  );
}
