import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { namedLabel } from '../kinds/labels';
import { useText } from '../i18n/useText';
import { envelope, http } from '../api/client';
import { useCurrentUser } from '../api/currentUser';
import styles from './OrganizationFilter.module.css';

export function useOrganizationNames(): readonly { name: string; displayName: string }[] {
  const currentUser = useCurrentUser();
  const names = useQuery({
    queryKey: ['organization-names'],
    enabled: currentUser.isGlobal,
    staleTime: 60_000,
    queryFn: async () => (await envelope(() => http.GET('/api/get-organization-names'))).data,
  });
  return names.data ?? [];
}

/** The organization whose users are shown where nobody chose one: the first that has some of its own kind. */
export function useUsualOrganization(): string | undefined {
  const currentUser = useCurrentUser();
  const names = useOrganizationNames();
  return !currentUser.isGlobal ? currentUser.organization : names.length === 0 ? undefined : (names.find((o) => o.name !== 'built-in')?.name ?? 'built-in');
}

/** Whose objects are listed; only who has more than one organization is asked. */
export function OrganizationFilter({ value, onChange, isOne = false }: { value: string; onChange: (organization: string) => void; isOne?: boolean }) {
  const t = useText('list');
  const names = useOrganizationNames();
  if (!useCurrentUser().isGlobal) {
    return null;
  }

  return (
    <Select
      value={value}
      onChange={onChange}
      showSearch={{ optionFilterProp: 'label' }}
      popupMatchSelectWidth={false}
      aria-label={t('organization')}
      className={styles.filter}
      options={[
        ...(isOne ? [] : [{ value: '', label: t('allOrganizations') }]),
        ...names.map((o) => ({ value: o.name, label: namedLabel(o.name, o.displayName) })),
      ]}
    />
  );
}
