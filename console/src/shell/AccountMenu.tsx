import { Avatar, Button, Dropdown } from 'antd';
import { Icons } from './icons';
import { useText } from '../i18n/useText';
import { useNavigate } from 'react-router';
import { signOut } from '../auth/tokens';
import { useWho } from '../auth/who';
import { fullName } from '../kinds';

export function AccountMenu() {
  const t = useText('common');
  const { user } = useWho();
  const navigate = useNavigate();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'who', label: fullName(user), disabled: true },
          { key: 'me', label: t('me') },
          { type: 'divider' },
          { key: 'out', label: t('signOut') },
        ],
        onClick: ({ key }) => (key === 'out' ? signOut() : void navigate('/me')),
      }}
    >
      <Button type="text" aria-label={t('account', { name: user.displayName || user.name })} icon={<Avatar size={24} src={user.avatar || undefined} icon={<Icons.person />} alt="" />} />
    </Dropdown>
  );
}
