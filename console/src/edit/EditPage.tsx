import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Result, Skeleton } from 'antd';
import { useParams, useSearchParams } from 'react-router';
import { useText } from '../i18n/useText';
import type { ObjectData } from '../api/kindPaths';
import { getObject } from '../api/objects';
import { useCurrentUser } from '../api/currentUser';
import type { Kind } from '../kinds/kind';
import { kindLabel, kindOne } from '../kinds/labels';
import { PageTitle } from '../components/PageTitle';
import { groupsOfSchema } from './schemaGroups';
import { ObjectPage } from './ObjectPage';

/** The page of an object or of a new object. */
export function EditPage({ kind }: { kind: Kind }) {
  const t = useText('edit');
  const currentUser = useCurrentUser();
  const [search] = useSearchParams();
  const id = useParams()['*'] ?? '';
  const isNew = id === 'new';
  // An address without owner or name belongs to no object.
  const isWhole = id.includes('/');
  const object = useQuery({ queryKey: ['object', kind.name, id], enabled: !isNew && isWhole, queryFn: () => getObject(kind.name, id) });
  const groups = useQuery({
    queryKey: ['groups', kind.name],
    staleTime: Infinity,
    queryFn: async () => (kind.groups.length > 0 ? kind.groups : groupsOfSchema(kind.schema)),
  });
  const error = object.error ?? groups.error;
  if (error !== null) {
    return (
      <>
        <PageTitle title={id} above={{ text: kindLabel(kind.plural), to: `/${kind.plural}` }} />
        <Alert type="error" showIcon title={error.message} action={<Button onClick={() => void object.refetch()}>{t('list:retry')}</Button>} />
      </>
    );
  }

  if (groups.data === undefined || (!isNew && isWhole && object.isPending)) {
    return <Skeleton active />;
  }

  if (!isNew && (!isWhole || object.data === null)) {
    return (
      <>
        <PageTitle title={t('nothingHere', { one: kindOne(kind.name) })} above={{ text: kindLabel(kind.plural), to: `/${kind.plural}` }} />
        <Result status="404" subTitle={t('nothingHereHelp')} />
      </>
    );
  }

  const organization = search.get('organization') ?? (currentUser.isGlobal ? '' : currentUser.organization);
  return (
    <ObjectPage key={id} kind={kind} groups={groups.data} id={id} object={isNew ? newObject(kind, organization) : (object.data as ObjectData)} isNew={isNew} />
  );
}

/** Belongs to the organization, or to the whole installation if none is given. */
function newObject(kind: Kind, organization: string): ObjectData {
  const owner = kind.owner === 'admin' || (kind.owner === 'either' && organization.length === 0) ? 'admin' : organization;
  return { owner, ...kind.fresh?.(organization) };
}
