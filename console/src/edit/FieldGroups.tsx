import { Card, Form, Skeleton } from 'antd';
import { Suspense } from 'react';
import { useText } from '../i18n/useText';
import type { ObjectData } from '../api/kindPaths';
import { useCurrentUser } from '../api/currentUser';
import type { Field, FieldInputProps, Group, Kind } from '../kinds/kind';
import { fieldHelp, fieldLabel } from '../kinds/labels';
import { editors } from './editors';
import { isKeptOnly } from '../kinds/kept';
import { FieldInput } from './FieldInput';
import { ReadOnlyValue } from './ReadOnlyValue';
import { isUnreadable } from './unreadable';

export function FieldGroups({ kind, groups, object, isNew }: { kind: Kind; groups: readonly Group[]; object: ObjectData; isNew: boolean }) {
  const t = useText('kinds');
  const currentUser = useCurrentUser();
  const isShown = (field: Field): boolean =>
    (field.when?.(object) ?? true) && (field.isGlobal !== true || currentUser.isGlobal) && !(isNew && field.isReadOnly === true);
  return groups
    .map((group) => ({ ...group, fields: group.fields.filter(isShown) }))
    .filter((group) => group.fields.length > 0)
    .map((group) => (
      <Card key={group.name} title={<h2 className="card-title">{t(`groups.${group.name}`)}</h2>} className="spaced">
        <div className="fields">
          {group.fields.map((field) => (
            <FormField key={field.name} kind={kind} field={field} object={object} isNew={isNew} />
          ))}
        </div>
      </Card>
    ));
}

/** Form.Item passes value and onChange to its direct child, which passes them on here. */
function OwnEditor({ field, ...props }: FieldInputProps & { field: Field }) {
  const Editor = editors[field.editor!];
  return (
    <Suspense fallback={<Skeleton active />}>
      <Editor {...props} />
    </Suspense>
  );
}

function FormField({ kind, field, object, isNew }: { kind: Kind; field: Field; object: ObjectData; isNew: boolean }) {
  const t = useText('edit');
  const label = fieldLabel(kind.name, field.name);
  const isReadOnly = field.isReadOnly === true || (field.isFixed === true && !isNew);
  const ownHelp = isReadOnly && field.name === 'name' ? undefined : fieldHelp(kind.name, field.name);
  const help = isKeptOnly(kind, field.name) ? [ownHelp, t('keptOnly')].filter((text) => text !== undefined).join(' ') : ownHelp;
  const isWide = field.editor !== undefined || ['json', 'code', 'area', 'tags', 'pickers', 'selects'].includes(field.type ?? '');
  const className = isWide ? 'wide' : undefined;
  if (isReadOnly) {
    return (
      <Form.Item label={label} extra={help} className={className} htmlFor={undefined}>
        <ReadOnlyValue field={field} value={object[field.name]} />
      </Form.Item>
    );
  }

  return (
    <Form.Item
      name={field.name}
      label={label}
      extra={help}
      className={className}
      valuePropName={field.type === 'switch' ? 'checked' : 'value'}
      validateFirst
      rules={[
        ...(field.isRequired === true ? [{ required: true, message: t('required', { field: label }) }] : []),
        ...(field.pattern !== undefined ? [{ pattern: field.pattern, message: t('malformed', { field: label }) }] : []),
        ...(field.type === 'json'
          ? [{ validator: (_: unknown, value: unknown) => (isUnreadable(value) ? Promise.reject(new Error(t('notJson'))) : Promise.resolve()) }]
          : []),
      ]}
    >
      {field.editor !== undefined ? (
        <OwnEditor field={field} object={object} isNew={isNew} />
      ) : (
        <FieldInput field={field} object={object} label={label} isNew={isNew} />
      )}
    </Form.Item>
  );
}
