import { Alert, Flex, Input, Typography } from 'antd';
import { useState } from 'react';
import { useText } from '../i18n/useText';
import type { ObjectData } from '../api/kindPaths';
import type { Kind } from '../kinds/kind';
import { kindOne } from '../kinds/labels';
import { CopyButton } from '../components/CopyButton';
import styles from './JsonTab.module.css';

/** The whole object as in the API. Changes here are saved like changes in the form. */
export default function JsonTab({
  kind,
  object,
  isFixed,
  onChange,
}: {
  kind: Kind;
  object: ObjectData;
  isFixed: boolean;
  onChange: (object: ObjectData) => void;
}) {
  const t = useText('edit');
  const [text, setText] = useState(() => JSON.stringify(object, null, 2));
  const [isWrong, setWrong] = useState(false);
  const change = (typed: string): void => {
    setText(typed);
    try {
      const parsed: unknown = JSON.parse(typed);
      setWrong(typeof parsed !== 'object' || parsed === null || Array.isArray(parsed));
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
        onChange(parsed as ObjectData);
      }
    } catch {
      setWrong(true);
    }
  };
  return (
    <>
      <Flex justify="space-between" align="center" gap="small" className={styles.head}>
        <Typography.Text type="secondary">{t('jsonHelp')}</Typography.Text>
        <CopyButton text={text} withText />
      </Flex>
      <Input.TextArea
        aria-label={t('jsonOf', { one: kindOne(kind.name) })}
        value={text}
        readOnly={isFixed}
        onChange={(event) => change(event.target.value)}
        rows={12}
        className="code"
        spellCheck={false}
        status={isWrong ? 'error' : ''}
      />
      {isWrong && <Alert type="error" title={t('notJson')} className={styles.problem} />}
    </>
  );
}
