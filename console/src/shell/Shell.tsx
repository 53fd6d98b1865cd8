import { Button, Drawer, Grid, Layout } from 'antd';
import { useState } from 'react';
import { Icons } from '../components/icons';
import { useText } from '../i18n/useText';
import { Outlet, ScrollRestoration, useLocation } from 'react-router';
import { AccountMenu } from './AccountMenu';
import { Navigation } from './Navigation';
import { Preferences } from './Preferences';
import styles from './Shell.module.css';

/** The frame of every page: the menu at the side, or behind a button where the screen is narrow. */
export function Shell() {
  const t = useText('common');
  const isWide = Grid.useBreakpoint().lg === true;
  const [isOpen, setOpen] = useState(false);
  const { pathname } = useLocation();
  // A link of the menu closes it.
  const [shown, setShown] = useState(pathname);
  if (pathname !== shown) {
    setShown(pathname);
    setOpen(false);
  }

  return (
    <Layout className={styles.shell}>
      <a className={styles.skip} href="#content">
        {t('skip')}
      </a>
      {isWide && (
        <Layout.Sider width={264} theme="light" className={styles.side}>
          <div className={styles.brand}>Postern</div>
          <nav aria-label={t('menu')}>
            <Navigation />
          </nav>
        </Layout.Sider>
      )}
      <Layout className={styles.shell}>
        <Layout.Header className={styles.header}>
          {!isWide && <Button type="text" icon={<Icons.menu />} aria-label={t('menu')} aria-expanded={isOpen} onClick={() => setOpen(true)} />}
          {!isWide && <strong>Postern</strong>}
          <span className={styles.gap} />
          <Preferences />
          <AccountMenu />
        </Layout.Header>
        <Layout.Content id="content" role="main" tabIndex={-1} className={styles.content}>
          <Outlet />
        </Layout.Content>
      </Layout>
      <Drawer open={!isWide && isOpen} onClose={() => setOpen(false)} placement="left" size={280} title="Postern" rootClassName={styles.drawer}>
        <nav aria-label={t('menu')}>
          <Navigation />
        </nav>
      </Drawer>
      <ScrollRestoration />
    </Layout>
  );
}
