import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useText } from '../i18n/useText';
import { envelope, http } from '../api/client';
import { useWho } from '../auth/who';

export function useOrganizationNames(): readonly { name: string; displayName: string }[] {
  const who = useWho();
  const names = useQuery({
    queryKey: ['organization-names'],
    enabled: who.isGlobal,
    staleTime: 60_000,
    queryFn: async () => (await envelope(() => http.GET('/api/get-organization-names'))).data,
  });
  return names.data ?? [];
}

/** Whose objects are listed; only who has more than one organization is asked. */
export function OrganizationFilter({ value, onChange }: { value: string; onChange: (organization: string) => void }) {
  const t = useText('list');
  const names = useOrganizationNames();
  if (!useWho().isGlobal) {
    return null;
  }

  return (
    <Select
      value={value}
      onChange={onChange}
      showSearch={{ optionFilterProp: 'label' }}
      popupMatchSelectWidth={false}
      aria-label={t('organization')}
      style={{ minWidth: 180 }}
      options={[{ value: '', label: t('allOrganizations') }, ...names.map((o) => ({ value: o.name, label: o.displayName && o.displayName !== o.name ? `${o.displayName} (${o.name})` : o.name }))]}
    />
  );
}
