import { theme, type ThemeConfig } from 'antd';
import { createContext, useContext, useEffect, useState } from 'react';
import { isStill } from '../components/motion';

const stored = 'theme';

export type ThemeName = 'system' | 'light' | 'dark';

interface ThemeChoice {
  name: ThemeName;
  isDark: boolean;
  choose: (name: ThemeName) => void;
}

export const ThemeContext = createContext<ThemeChoice>({ name: 'system', isDark: false, choose: () => undefined });

export const useTheme = (): ThemeChoice => useContext(ThemeContext);

/** The selected theme: light, dark, or that of the system. */
export function useThemeChoice(): ThemeChoice {
  const [name, setName] = useState<ThemeName>(() => (localStorage.getItem(stored) as ThemeName | null) ?? 'system');
  const [isSystemDark, setSystemDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const follow = (event: MediaQueryListEvent): void => setSystemDark(event.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  const isDark = name === 'dark' || (name === 'system' && isSystemDark);
  useEffect(() => {
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
  }, [isDark]);
  return {
    name,
    isDark,
    choose: (next) => {
      localStorage.setItem(stored, next);
      setName(next);
    },
  };
}

/** Colours whose text has a contrast of 4.5 to 1 on their background (WCAG 2.2 §1.4.3). */
export const themeOf = (isDark: boolean): ThemeConfig => ({
  algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
  token: {
    motion: !isStill(),
    fontFamily: "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
    borderRadius: 8,
    ...(isDark
      ? {
          colorPrimary: '#3fa56b',
          colorError: '#ff7875',
          colorLink: '#6cc591',
          colorTextDescription: 'rgba(255,255,255,0.65)',
          colorTextPlaceholder: 'rgba(255,255,255,0.6)',
          colorTextDisabled: 'rgba(255,255,255,0.55)',
        }
      : {
          colorPrimary: '#0b7a3e',
          colorLink: '#0b6b37',
          colorTextDescription: 'rgba(0,0,0,0.65)',
          colorTextPlaceholder: 'rgba(0,0,0,0.6)',
          colorTextDisabled: 'rgba(0,0,0,0.56)',
          colorError: '#c9252b',
          colorSuccess: '#1d7a33',
          colorWarning: '#9a5b00',
        }),
  },
  components: {
    ...(isDark ? { Button: { colorPrimary: '#217a48', colorPrimaryHover: '#2a8652', colorPrimaryActive: '#1b683c' } } : {}),
    Menu: {
      activeBarBorderWidth: 0,
      ...(isDark ? { itemSelectedBg: '#1d3326', itemSelectedColor: '#8fd8ad' } : { itemSelectedBg: '#e3f3e9', itemSelectedColor: '#0a5c30' }),
    },
    Descriptions: { labelColor: isDark ? 'rgba(255,255,255,0.65)' : 'rgba(0,0,0,0.65)' },
    Table: { headerColor: isDark ? 'rgba(255,255,255,0.88)' : 'rgba(0,0,0,0.88)' },
  },
});
