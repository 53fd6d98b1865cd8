import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { envelope, http } from '../../api/client';
import type { ObjectData } from '../../api/kindPaths';
import { fullName } from '../../kinds';
import { CheckList } from '../connect/Checks';

/** What the application's security profile demands, each thing as the server just found it. */
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
