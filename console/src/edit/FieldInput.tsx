import { Alert, Flex, Input, InputNumber, Select, Switch } from 'antd';
import { textOr } from '../i18n/textOr';
import { useText } from '../i18n/useText';
import { type ObjectData, textOf } from '../api/kindPaths';
import { useCurrentUser } from '../api/currentUser';
import type { Field } from '../kinds/kind';
import { valueLabel } from '../kinds/labels';
import { ClientSecret } from './ClientSecret';
import { CopyButton } from '../components/CopyButton';
import { JsonInput } from './JsonInput';
import { Picture } from '../components/Picture';
import { Picker } from './Picker';
import { SecretInput } from './SecretInput';
import styles from './FieldInput.module.css';

interface Props {
  field: Field;
  object: ObjectData;
  label: string;
  isNew: boolean;
  id?: string;
  value?: unknown;
  checked?: boolean;
  onChange?: (value: unknown) => void;
}

/** The input for a property, by its type. The form passes value and onChange. */
export function FieldInput({ field, object, label, isNew, ...given }: Props) {
  const t = useText('edit');
  const currentUser = useCurrentUser();
  const text = { ...given, value: textOf(given.value) };
  const list = { ...given, value: Array.isArray(given.value) ? given.value.map(String) : [] };
  const options = field.options
    ?.filter((value) => value !== field.dangerous || currentUser.isGlobal || value === given.value)
    .map((value) => ({ value, label: valueLabel(field.name, value) }));
  switch (field.type) {
    case 'area':
      return <Input.TextArea {...text} rows={2} />;
    case 'code':
      return <Input.TextArea {...text} rows={6} className="code" spellCheck={false} />;
    case 'number':
      return <InputNumber {...given} value={given.value as number | null} className={styles.number} />;
    case 'switch':
      return <Switch id={given.id} checked={given.checked === true} onChange={given.onChange} aria-label={label} />;
    case 'select':
      return (
        <>
          <Select
            {...given}
            value={given.value as string | null | undefined}
            options={options}
            showSearch={(options?.length ?? 0) > 8}
            popupMatchSelectWidth={false}
          />
          {field.dangerous !== undefined && given.value === field.dangerous && (
            <Alert type="error" showIcon title={textOr(`edit:danger.${field.name}`, '')} className={styles.danger} />
          )}
        </>
      );
    case 'selects':
      return <Select {...list} mode="multiple" options={options} />;
    case 'tags':
      return (
        <Select
          {...list}
          mode="tags"
          {...(options === undefined ? { open: false, suffixIcon: null } : { options })}
          tokenSeparators={[',', ' ', '\n']}
          placeholder={t('tagsHint')}
        />
      );
    case 'picker':
    case 'pickers':
      return <Picker {...given} field={field} object={object} />;
    case 'secret':
      return <SecretInput {...text} isSet={object[field.name] === '***'} />;
    case 'clientSecret':
      return isNew ? <Input {...text} placeholder={t('secretMade')} autoComplete="off" /> : <ClientSecret object={object} id={given.id} />;
    case 'password':
      return <Input.Password {...text} autoComplete="new-password" />;
    case 'image':
      return (
        <Flex gap="small">
          {text.value.length > 0 && <Picture address={text.value} shape="square" />}
          <Input {...text} inputMode="url" placeholder="https://" />
        </Flex>
      );
    case 'json':
      return <JsonInput {...given} />;
    default:
      return field.isCopied === true && !isNew ? <Input {...text} suffix={<CopyButton text={text.value} />} /> : <Input {...text} autoComplete="off" />;
  }
}
