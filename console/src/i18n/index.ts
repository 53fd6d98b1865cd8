import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export type Language = 'zh' | 'en';

const stored = 'language';

/** The language that was selected before, or the preferred language of the browser. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(stored);
  return chosen === 'zh' || chosen === 'en'
    ? chosen
    : navigator.languages
          .find((l) => /^(zh|en)/i.test(l))
          ?.toLowerCase()
          .startsWith('zh')
      ? 'zh'
      : 'en';
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
  tellBrowser(language);
}

export async function changeLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'common')) {
    Object.entries(await textsOf(language)).forEach(([namespace, texts]) => i18next.addResourceBundle(language, namespace, texts));
  }

  localStorage.setItem(stored, language);
  tellBrowser(language);
  await i18next.changeLanguage(language);
}

/** Sets the language of the page, for screen readers and for requests to the server. */
const tellBrowser = (language: Language): void => {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
};

const textsOf = async (language: Language) => (language === 'zh' ? (await import('./zh')).default : (await import('./en')).default);
