import { Button, Dropdown } from 'antd';
import { Picture } from '../components/Picture';
import { useText } from '../i18n/useText';
import { useNavigate } from 'react-router';
import { signOut } from '../auth/tokens';
import { useCurrentUser } from '../api/currentUser';
import { fullName } from '../kinds';

export function AccountMenu() {
  const t = useText('common');
  const { user } = useCurrentUser();
  const navigate = useNavigate();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'name', label: fullName(user), disabled: true },
          { key: 'me', label: t('me') },
          { type: 'divider' },
          { key: 'out', label: t('signOut') },
        ],
        onClick: ({ key }) => (key === 'out' ? signOut() : void navigate('/me')),
      }}
    >
      <Button
        type="text"
        aria-label={t('account', { name: user.displayName || user.name })}
        icon={<Picture size={24} address={user.avatar} name={user.displayName || user.name} />}
      />
    </Dropdown>
  );
}
