import { Button, Flex, Image } from 'antd';
import { useText } from '../i18n/useText';
import { type ObjectData, textOf } from '../api/kindPaths';
import styles from './FilePreview.module.css';

/** The file: a picture is shown, other files can be downloaded. */
export default function FilePreview({ object }: { object: ObjectData }) {
  const t = useText('edit');
  const address = textOf(object['url']);
  const name = textOf(object['fileName'] ?? object.name);
  return (
    <Flex vertical gap="middle" align="start">
      {textOf(object['fileType']) === 'image' && <Image src={address} alt={name} className={styles.picture} />}
      <Button href={address} download={name}>
        {t('downloadFile', { name })}
      </Button>
    </Flex>
  );
}
