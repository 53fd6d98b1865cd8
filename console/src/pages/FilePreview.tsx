import { Button, Flex, Image } from 'antd';
import { useText } from '../i18n/useText';
import type { ObjectData } from '../api/kindPaths';

/** The file itself: a picture is shown, everything else is downloaded. */
export default function FilePreview({ object }: { object: ObjectData }) {
  const t = useText('edit');
  const address = String(object['url'] ?? '');
  const name = String(object['fileName'] ?? object.name ?? '');
  return (
    <Flex vertical gap="middle" align="start">
      {String(object['fileType'] ?? '') === 'image' && <Image src={address} alt={name} style={{ maxWidth: '100%', maxHeight: 480 }} />}
      <Button href={address} download={name}>
        {t('downloadFile', { name })}
      </Button>
    </Flex>
  );
}
