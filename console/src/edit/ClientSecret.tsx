import { App, Button, Flex, Input } from 'antd';
import { useState } from 'react';
import { fullName } from '../kinds';
import { Icons } from '../components/icons';
import { useText } from '../i18n/useText';
import { envelope, http } from '../api/client';
import type { ObjectData } from '../api/kindPaths';
import { CopyButton } from '../components/CopyButton';
import styles from './ClientSecret.module.css';

/** The secret of a client. A click shows it and writes a record. A new secret replaces the old one at once. */
export function ClientSecret({ object, id }: { object: ObjectData; id?: string }) {
  const t = useText('edit');
  const { message, modal } = App.useApp();
  const [secret, setSecret] = useState<string | null>(null);
  const application = fullName(object);
  const show = async (): Promise<void> => {
    try {
      const answer = await envelope(() => http.GET('/api/get-application', { params: { query: { id: application } } }));
      setSecret((answer.data as { clientSecret?: string } | null)?.clientSecret ?? '');
    } catch (error) {
      void message.error(String((error as Error).message));
    }
  };
  const rotate = (): void => {
    modal.confirm({
      title: t('rotateTitle'),
      content: t('rotateHelp'),
      okText: t('rotate'),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          const answer = await envelope(() => http.POST('/api/rotate-client-secret', { params: { query: { id: application } } }));
          setSecret(answer.data);
          void message.success(t('rotated'));
        } catch (error) {
          void message.error(String((error as Error).message));
        }
      },
    });
  };
  return (
    <Flex gap="small" wrap>
      <Input
        id={id}
        readOnly
        value={secret ?? '••••••••••••••••'}
        className={`code ${styles.secret}`}
        suffix={secret !== null && <CopyButton text={secret} />}
      />
      {secret === null && (
        <Button icon={<Icons.show />} onClick={() => void show()}>
          {t('show')}
        </Button>
      )}
      <Button icon={<Icons.rotate />} onClick={rotate}>
        {t('rotate')}
      </Button>
    </Flex>
  );
}
