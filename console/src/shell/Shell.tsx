import { Button, Drawer, Grid, Layout, theme } from 'antd';
import { useEffect, useState } from 'react';
import { Icons } from '../components/icons';
import { useText } from '../i18n/useText';
import { Outlet, ScrollRestoration, useLocation } from 'react-router';
import { AccountMenu } from './AccountMenu';
import { Navigation } from './Navigation';
import { Preferences } from './Preferences';

/** The frame of every page: the menu at the side, or behind a button where the screen is narrow. */
export function Shell() {
  const t = useText('common');
  const { token } = theme.useToken();
  const isWide = Grid.useBreakpoint().lg === true;
  const [isOpen, setOpen] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => setOpen(false), [pathname]);
  return (
    <Layout className="shell" style={{ '--save-bar': token.colorBgLayout } as never}>
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      {isWide && (
        <Layout.Sider width={264} theme="light" style={{ borderInlineEnd: `1px solid ${token.colorBorderSecondary}` }}>
          <div className="shell-brand">Postern</div>
          <nav aria-label={t('menu')}>
            <Navigation />
          </nav>
        </Layout.Sider>
      )}
      <Layout className="shell">
        <Layout.Header className="shell-header" style={{ background: token.colorBgContainer, borderBlockEnd: `1px solid ${token.colorBorderSecondary}` }}>
          {!isWide && <Button type="text" icon={<Icons.menu />} aria-label={t('menu')} aria-expanded={isOpen} onClick={() => setOpen(true)} />}
          {!isWide && <strong>Postern</strong>}
          <span style={{ flex: 1 }} />
          <Preferences />
          <AccountMenu />
        </Layout.Header>
        <Layout.Content id="content" role="main" tabIndex={-1} className="shell-content">
          <Outlet />
        </Layout.Content>
      </Layout>
      <Drawer open={!isWide && isOpen} onClose={() => setOpen(false)} placement="left" size={280} title="Postern" styles={{ body: { padding: 0 } }}>
        <nav aria-label={t('menu')}>
          <Navigation />
        </nav>
      </Drawer>
      <ScrollRestoration />
    </Layout>
  );
}
