import { useText } from '../i18n/useText';

/** Shown when the console cannot start. */
export function StartProblem({ error, address }: { error?: string; address?: string }) {
  const t = useText('common');
  return (
    <main className="problem">
      <h1>{t(address === undefined ? 'start.failed' : 'start.otherAddress')}</h1>
      {address === undefined ? (
        <>
          <p>{error}</p>
          <p>
            <a href="/">{t('start.again')}</a>
          </p>
        </>
      ) : (
        <p>
          {t('start.otherAddressHelp')} <a href={address}>{address}</a>
        </p>
      )}
    </main>
  );
}
