import { Button, Modal } from 'antd';
import { useEffect, useState } from 'react';
import { useText } from '../i18n/useText';
import { onSignedOut } from '../api/client';
import { signIn } from '../auth/tokens';

/** Says that the sign-in is over, instead of leaving a page where nothing works any more. */
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
