import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { Icons } from '../components/icons';
import { changeLanguage, type Language } from '../i18n';
import { useText } from '../i18n/useText';
import { type ThemeName, useTheme } from './theme';

const themes: readonly ThemeName[] = ['system', 'light', 'dark'];

/** Language and theme. They are stored in the browser, not in the account. */
export function Preferences() {
  const t = useText('common');
  const { i18n } = useTranslation();
  const theme = useTheme();
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          selectable: true,
          selectedKeys: [i18n.language],
          items: [
            { key: 'zh', label: <span lang="zh-CN">中文</span> },
            { key: 'en', label: <span lang="en">English</span> },
          ],
          onClick: ({ key }) => void changeLanguage(key as Language),
        }}
      >
        <Button type="text" icon={<Icons.language />} aria-label={t('language')} />
      </Dropdown>
      <Dropdown
        trigger={['click']}
        menu={{
          selectable: true,
          selectedKeys: [theme.name],
          items: themes.map((name) => ({ key: name, label: t(`theme.${name}`) })),
          onClick: ({ key }) => theme.choose(key as ThemeName),
        }}
      >
        <Button type="text" icon={<Icons.theme />} aria-label={t('theme.choose')} />
      </Dropdown>
    </>
  );
}
