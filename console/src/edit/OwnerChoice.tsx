import { Form, Select } from 'antd';
import { namedLabel } from '../kinds/labels';
import { useText } from '../i18n/useText';
import type { ObjectData } from '../api/kindPaths';
import { useCurrentUser } from '../api/currentUser';
import type { Kind } from '../kinds/kind';
import { useOrganizationNames } from '../components/OrganizationFilter';
import styles from './OwnerChoice.module.css';

/** Selects the owner of a new object, if there is a choice. */
export function OwnerChoice({ kind, object, onChange }: { kind: Kind; object: ObjectData; onChange: (owner: ObjectData) => void }) {
  const t = useText('edit');
  const currentUser = useCurrentUser();
  const names = useOrganizationNames();
  if (!currentUser.isGlobal || kind.owner === 'admin') {
    return null;
  }

  const options = [
    ...(kind.owner === 'either' ? [{ value: 'admin', label: t('installation') }] : []),
    ...names.map((o) => ({ value: o.name, label: namedLabel(o.name, o.displayName) })),
  ];
  return (
    <Form.Item label={t('owner')} extra={kind.owner === 'either' ? t('ownerHelp') : undefined} required htmlFor="object-owner" className={styles.owner}>
      <Select
        id="object-owner"
        value={object.owner || undefined}
        options={options}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(owner: string) => onChange({ owner, ...kind.fresh?.(owner === 'admin' ? '' : owner) })}
        placeholder={t('chooseOrganization')}
      />
    </Form.Item>
  );
}
