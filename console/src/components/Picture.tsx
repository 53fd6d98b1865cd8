import { Avatar } from 'antd';
import { Icons } from './icons';
import { initial, ownPicture } from './pictures';
import styles from './Picture.module.css';

/** An avatar or logo. Without a picture that may be shown: the first character of the name. Without a name: an icon. */
export function Picture({ address, name, size, shape }: { address: unknown; name?: unknown; size?: number; shape?: 'square' }) {
  const letter = initial(name);
  return (
    <Avatar
      {...(size === undefined ? {} : { size })}
      {...(shape === undefined ? {} : { shape })}
      src={ownPicture(address)}
      icon={letter.length === 0 ? <Icons.person /> : undefined}
      alt=""
      className={styles.picture}
    >
      {letter}
    </Avatar>
  );
}
