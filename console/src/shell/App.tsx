import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { App as Messages, ConfigProvider, type ThemeConfig } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { RouterProvider } from 'react-router';
import { Refusal } from '../api/client';
import { readCurrentUser, CurrentUserContext } from '../api/currentUser';
import { styleNonce } from '../page';
import { routerFor } from './routes';
import { SignedOutDialog } from './SignedOutDialog';
import { StartProblem } from './StartProblem';
import { themeOf, ThemeContext, useThemeChoice } from './theme';
import { Waiting } from './Waiting';

const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal is not retried; a lost connection is.
      retry: (failures, error) => failures < 2 && error instanceof TypeError,
      refetchOnWindowFocus: false,
    },
  },
});

export function App() {
  const { i18n } = useTranslation();
  const choice = useThemeChoice();
  const isChinese = i18n.language === 'zh';
  const theme: ThemeConfig = useMemo(() => themeOf(choice.isDark), [choice.isDark]);
  return (
    <ConfigProvider locale={isChinese ? zhCN : enUS} theme={theme} csp={{ nonce: styleNonce }} button={{ autoInsertSpace: false }}>
      <ThemeContext value={choice}>
        <Messages>
          <QueryClientProvider client={cache}>
            <SignedIn />
            <SignedOutDialog />
          </QueryClientProvider>
        </Messages>
      </ThemeContext>
    </ConfigProvider>
  );
}

function SignedIn() {
  const currentUser = useQuery({ queryKey: ['current-user'], queryFn: readCurrentUser, staleTime: Infinity });
  const isAdmin = currentUser.data?.isAdmin;
  const router = useMemo(() => (isAdmin === undefined ? null : routerFor(isAdmin)), [isAdmin]);
  if (currentUser.error !== null) {
    return <StartProblem error={currentUser.error instanceof Refusal ? currentUser.error.message : String(currentUser.error)} />;
  }

  return router === null || currentUser.data === undefined ? (
    <Waiting />
  ) : (
    <CurrentUserContext value={currentUser.data}>
      <RouterProvider router={router} />
    </CurrentUserContext>
  );
}
