import { Modal } from 'antd';
import { useText } from '../i18n/useText';

/** Confirms a change of several objects and lists them. */
export function ConfirmChosen({
  title,
  names,
  action,
  onConfirm,
  onCancel,
}: {
  title: string;
  names: readonly string[];
  action: string;
  onConfirm: () => void;
  onCancel: () => void;
}) {
  const t = useText('list');
  return (
    <Modal open title={title} okText={action} onOk={onConfirm} onCancel={onCancel}>
      <ul className="names" aria-label={t('chosen', { count: names.length })} tabIndex={0}>
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </Modal>
  );
}
