import { Input } from 'antd';
import { useText } from '../i18n/useText';

/** A secret that the server never shows. A typed value replaces it, an empty field keeps it. */
export function SecretInput({ id, value, onChange, isSet }: { id?: string; value?: string; onChange?: (value: string) => void; isSet: boolean }) {
  const t = useText('edit');
  return (
    <Input.Password
      id={id}
      value={value === '***' ? '' : value}
      onChange={(event) => onChange?.(event.target.value === '' && isSet ? '***' : event.target.value)}
      placeholder={isSet ? t('secretSet') : t('secretUnset')}
      autoComplete="off"
    />
  );
}
