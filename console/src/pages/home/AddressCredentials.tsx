import { Alert } from 'antd';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { formatTime } from '../../i18n/format';
import { useText } from '../../i18n/useText';
import { addressOf, fullName, kindOfName } from '../../kinds';

/** The applications whose programs send credentials in URLs, and how to stop it. */
export function AddressCredentials({ users }: { users: readonly Schemas['QueryCredentialUser'][] }) {
  const t = useText('home');
  return (
    users.length > 0 && (
      <Alert
        type="warning"
        showIcon
        className="spaced"
        title={t('credentialsInQuery')}
        description={
          <>
            <p>{t('credentialsInQueryHelp')}</p>
            <ul className="names">
              {users.map((one) => (
                <li key={fullName(one)}>
                  <Link to={addressOf(kindOfName('application'), fullName(one))}>{one.displayName || one.name}</Link>{' '}
                  {t('sinceAndLast', { since: formatTime(one.since), last: formatTime(one.last) })}
                </li>
              ))}
            </ul>
          </>
        }
      />
    )
  );
}
