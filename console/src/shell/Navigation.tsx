import { Menu, type MenuProps } from 'antd';
import { useState } from 'react';
import { Icons } from '../components/icons';
import { useText } from '../i18n/useText';
import { Link, useLocation } from 'react-router';
import { useCurrentUser } from '../api/currentUser';
import { kinds } from '../kinds';
import type { Section } from '../kinds/kind';
import { kindLabel } from '../kinds/labels';

const sections: readonly { name: Section; icon: React.ReactNode }[] = [
  { name: 'people', icon: <Icons.people /> },
  { name: 'applications', icon: <Icons.applications /> },
  { name: 'access', icon: <Icons.access /> },
  { name: 'log', icon: <Icons.log /> },
  { name: 'more', icon: <Icons.more /> },
];

export function Navigation() {
  const t = useText('common');
  const currentUser = useCurrentUser();
  const { pathname } = useLocation();
  const at = pathname.split('/')[1] ?? '';
  const open = kinds.find((kind) => kind.plural === at)?.section ?? (at === 'records' ? 'log' : undefined);
  const [openKeys, setOpenKeys] = useState(['section-people', 'section-applications']);
  // The section of the page is open, whichever link led to it.
  const [shown, setShown] = useState<Section>();
  if (open !== shown) {
    setShown(open);
    if (open !== undefined && !openKeys.includes(`section-${open}`)) {
      setOpenKeys([...openKeys, `section-${open}`]);
    }
  }

  const entry = (key: string, to: string, label: string, icon?: React.ReactNode) => ({ key, icon, label: <Link to={to}>{label}</Link> });
  const items: MenuProps['items'] = currentUser.isAdmin
    ? [
        entry('', '/', t('home'), <Icons.home />),
        entry('connect', '/connect', t('connect'), <Icons.weChat />),
        ...sections.map(({ name, icon }) => ({
          key: `section-${name}`,
          icon,
          label: t(`sections.${name}`),
          children: [
            ...(name === 'log' ? [entry('records', '/records', t('records'))] : []),
            ...kinds
              .filter((kind) => kind.section === name)
              .map((kind) =>
                entry(
                  kind.plural,
                  kind.isGlobal === true && !currentUser.isGlobal ? `/organizations/admin/${currentUser.organization}` : `/${kind.plural}`,
                  kindLabel(kind.plural),
                ),
              ),
          ],
        })),
        entry('me', '/me', t('me'), <Icons.person />),
      ]
    : [entry('', '/', t('me'), <Icons.person />)];
  return <Menu mode="inline" items={items} selectedKeys={[at]} openKeys={openKeys} onOpenChange={setOpenKeys} />;
}
