import { Tag, Tooltip } from 'antd';
import i18next from 'i18next';
import { Icons } from '../components/icons';
import { Picture } from '../components/Picture';
import { formatBytes, formatNumber, formatTime } from '../i18n/format';
import type { Column } from '../kinds/kind';
import { valueLabel } from '../kinds/labels';
import { textOf } from '../api/kindPaths';
import styles from './Cell.module.css';

const shownTags = 3;

export function Cell({ column, value }: { column: Column; value: unknown }) {
  switch (column.type) {
    case 'time':
      return <time dateTime={textOf(value)}>{formatTime(value)}</time>;
    case 'bool':
      return value === true ? (
        <Icons.ok role="img" aria-label={i18next.t('yes')} />
      ) : (
        <Icons.no role="img" aria-label={i18next.t('no')} className={styles.no} />
      );
    case 'image':
      return typeof value === 'string' && value.length > 0 ? <Picture address={value} shape="square" /> : null;
    case 'number':
      return typeof value === 'number' ? <span>{formatNumber(value)}</span> : null;
    case 'bytes':
      return typeof value === 'number' ? <span>{formatBytes(value)}</span> : null;
    case 'tags': {
      const tags = Array.isArray(value) ? value.map(String) : [];
      return (
        <>
          {tags.slice(0, shownTags).map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
          {tags.length > shownTags && (
            <Tooltip title={tags.slice(shownTags).join(', ')}>
              <Tag tabIndex={0}>+{formatNumber(tags.length - shownTags)}</Tag>
            </Tooltip>
          )}
        </>
      );
    }
    default:
      if (column.dangerous !== undefined && value === column.dangerous) {
        return <Tag color="error">{valueLabel(column.name, column.dangerous)}</Tag>;
      }

      return <>{column.options !== undefined ? valueLabel(column.name, textOf(value)) : textOf(value)}</>;
  }
}
