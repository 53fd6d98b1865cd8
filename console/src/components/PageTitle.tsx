import { Flex, Typography } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { Link } from 'react-router';
import styles from './PageTitle.module.css';

/** The heading of a page, which is also the title in the browser, and the actions of the page. */
export function PageTitle({ title, above, detail, children }: { title: string; above?: { text: string; to: string }; detail?: string; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} – Postern`;
  }, [title]);
  return (
    <div className={styles.title}>
      <div>
        {above !== undefined && <Link to={above.to}>{above.text}</Link>}
        <h1>{title}</h1>
        {detail !== undefined && <Typography.Text type="secondary">{detail}</Typography.Text>}
      </div>
      <Flex gap="small" wrap>
        {children}
      </Flex>
    </div>
  );
}
