import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Empty, Flex, Skeleton } from 'antd';
import { Link } from 'react-router';
import { type ObjectData, textOf } from '../api/kindPaths';
import { listObjects } from '../api/objects';
import { useText } from '../i18n/useText';
import { addressOf, fullName, idOf, kindOfName } from '../kinds';
import { LinkButton } from '../components/LinkButton';

const shown = 10;

/** The newest users of a group, and a link to all of them. */
export default function GroupMembers({ object }: { object: ObjectData }) {
  const t = useText('list');
  const user = kindOfName('user');
  const organization = String(object.owner);
  const groupName = fullName(object);
  const query = { p: 1, pageSize: shown, organization, groupName };
  const members = useQuery({ queryKey: ['list', user.plural, query], queryFn: ({ signal }) => listObjects(user.plural, query, signal) });
  if (members.error !== null) {
    return <Alert type="error" showIcon title={members.error.message} />;
  }

  return members.data === undefined ? (
    <Skeleton active />
  ) : (
    <Card>
      <Flex vertical gap="small" align="start">
        {members.data.items.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('noMembers')} />}
        {members.data.items.map((one) => (
          <Link key={one.name} to={addressOf(user, idOf(user, one))}>
            {textOf(one['displayName']) || one.name}
          </Link>
        ))}
        <LinkButton to={`/users?${new URLSearchParams({ organization, group: groupName })}`}>{t('allMembers', { count: members.data.total })}</LinkButton>
      </Flex>
    </Card>
  );
}
