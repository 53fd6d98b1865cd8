import { Button } from 'antd';
import { useState } from 'react';
import { Icons } from './icons';
import { useText } from '../i18n/useText';

const shownFor = 2000;

export function CopyButton({ text, withText = false }: { text: string; withText?: boolean }) {
  const t = useText('edit');
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), shownFor);
  };
  const label = isCopied ? t('copied') : t('copy');
  return (
    <Button
      type={withText ? 'default' : 'text'}
      size={withText ? 'middle' : 'small'}
      icon={isCopied ? <Icons.copied /> : <Icons.copy />}
      aria-label={withText ? undefined : label}
      onClick={() => void copy()}
    >
      {withText ? label : undefined}
    </Button>
  );
}
