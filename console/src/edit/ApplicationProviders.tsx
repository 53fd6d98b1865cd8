import { Button, Checkbox, Empty, Flex } from 'antd';
import { Link } from 'react-router';
import { Icons } from '../components/icons';
import { useText } from '../i18n/useText';
import type { Schemas } from '../api/client';
import { addressOf, kindOfName } from '../kinds';
import type { FieldInputProps } from '../kinds/kind';
import { Picker } from './Picker';
import styles from './ApplicationProviders.module.css';

type Item = Partial<Schemas['ProviderItem']>;

// A right that is not set is allowed, as on the server.
const rights = ['canSignUp', 'canSignIn', 'canUnlink'] as const;

/** The providers of an application, and what each of them may be used for. */
export default function ApplicationProviders({ value, onChange, object }: FieldInputProps) {
  const t = useText('edit');
  const items = (value as Item[] | undefined) ?? [];
  const change = (index: number, changes: Item): void => onChange?.(items.map((item, i) => (i === index ? { ...item, ...changes } : item)));
  return (
    <Flex vertical gap="small">
      {items.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('noProviders')} />}
      {items.map((item, index) => (
        <Flex key={item.name} gap="middle" align="center" wrap>
          <Link to={addressOf(kindOfName('provider'), `${item.owner || 'admin'}/${item.name}`)} className={styles.name}>
            {item.name}
          </Link>
          {rights.map((right) => (
            <Checkbox key={right} checked={item[right] !== false} onChange={(event) => change(index, { [right]: event.target.checked })}>
              {t(`providerRights.${right}`)}
            </Checkbox>
          ))}
          <Button
            type="text"
            danger
            icon={<Icons.delete />}
            aria-label={t('removeProvider', { name: item.name })}
            onClick={() => onChange?.(items.filter((_, i) => i !== index))}
          />
        </Flex>
      ))}
      <div className={styles.add}>
        <Picker
          label={t('addProvider')}
          field={{ name: 'provider', type: 'picker', of: 'provider', isFullId: true }}
          object={object}
          onChange={(chosen) => {
            const [owner, name] = String(chosen).split('/');
            if (name !== undefined && !items.some((item) => item.name === name)) {
              onChange?.([...items, { owner, name, canSignUp: true, canSignIn: true, canUnlink: true }]);
            }
          }}
        />
      </div>
    </Flex>
  );
}
