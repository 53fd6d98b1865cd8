import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { envelope, http } from '../../api/client';
import type { ObjectData } from '../../api/kindPaths';
import { fullName } from '../../kinds';
import { CheckList } from '../connect/Checks';

/** The requirements of the application's security profile, and their state as the server has just checked it. */
export default function ProfilePanel({ object }: { object: ObjectData }) {
  const id = fullName(object);
  const diagnosis = useQuery({
    queryKey: ['diagnosis', 'application', id],
    staleTime: 60_000,
    queryFn: async () => (await envelope(() => http.POST('/api/diagnose-application', { params: { query: { id } } }))).data,
  });
  return (
    <Card>
      <CheckList diagnosis={diagnosis} />
    </Card>
  );
}
