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

/** The default organization of lists that show one organization: the first that is not built-in. */
export function useUsualOrganization(): string | undefined {
  const currentUser = useCurrentUser();
  const names = useOrganizationNames();
  return !currentUser.isGlobal ? currentUser.organization : names.length === 0 ? undefined : (names.find((o) => o.name !== 'built-in')?.name ?? 'built-in');
}

/** Selects the organization whose objects are listed. Shown only to users who can see more than one. */
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
