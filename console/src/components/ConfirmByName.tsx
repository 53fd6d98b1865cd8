import { Alert, Input, Modal, Typography } from 'antd';
import { useId, useState } from 'react';
import { useText } from '../i18n/useText';

/** Confirms an action that cannot be undone: lists the consequences and asks the user to type the name of the object. */
export function ConfirmByName({
  title,
  consequences,
  name,
  action,
  onConfirm,
  onCancel,
}: {
  title: string;
  consequences: readonly string[];
  name: string;
  action: string;
  onConfirm: () => void | Promise<void>;
  onCancel: () => void;
}) {
  const t = useText('edit');
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  const confirm = async (): Promise<void> => {
    setBusy(true);
    try {
      await onConfirm();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={title}
      onCancel={onCancel}
      okText={action}
      okButtonProps={{ danger: true, disabled: typed.trim() !== name, loading: isBusy }}
      onOk={() => void confirm()}
    >
      <Alert
        type="warning"
        showIcon
        title={t('cannotBeUndone')}
        description={
          <ul className="names" tabIndex={0}>
            {consequences.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        }
      />
      <p>
        <label htmlFor={id}>
          {t('typeName')} <Typography.Text code>{name}</Typography.Text>
        </label>
      </p>
      <Input
        id={id}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        autoComplete="off"
        autoFocus
        onPressEnter={() => typed.trim() === name && void confirm()}
      />
    </Modal>
  );
}
