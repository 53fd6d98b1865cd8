import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

const stored = 'language';

/** As chosen here before, else as the browser prefers. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(stored);
  return chosen === 'zh' || chosen === 'en' ? chosen : navigator.languages.find((l) => /^(zh|en)/i.test(l))?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export async function startLanguage(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'common',
    interpolation: { escapeValue: false },
    showSupportNotice: false,
    resources: { [language]: await textsOf(language) },
  });
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

export async function changeLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'common')) {
    Object.entries(await textsOf(language)).forEach(([namespace, texts]) => i18next.addResourceBundle(language, namespace, texts));
  }

  localStorage.setItem(stored, language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  await i18next.changeLanguage(language);
}

const textsOf = async (language: Language) => (language === 'zh' ? (await import('./zh')).default : (await import('./en')).default);
