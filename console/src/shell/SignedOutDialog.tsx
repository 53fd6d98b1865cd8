import { Button, Modal } from 'antd';
import { useEffect, useState } from 'react';
import { useText } from '../i18n/useText';
import { onSignedOut } from '../api/client';
import { signIn } from '../auth/tokens';

/** Tells the user that the sign-in has ended, because nothing on the page works any more. */
export function SignedOutDialog() {
  const t = useText('common');
  const [isOver, setOver] = useState(false);
  useEffect(() => onSignedOut(() => setOver(true)), []);
  return (
    <Modal
      open={isOver}
      title={t('signedOut.title')}
      closable={false}
      footer={
        <Button type="primary" onClick={() => void signIn(location.pathname + location.search)}>
          {t('signedOut.again')}
        </Button>
      }
    >
      {t('signedOut.help')}
    </Modal>
  );
}
