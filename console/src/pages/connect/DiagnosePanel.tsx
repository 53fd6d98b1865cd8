import { Card } from 'antd';
import type { ObjectData } from '../../api/objects';
import { Checks } from './Checks';

export default function DiagnosePanel({ object }: { object: ObjectData }) {
  return (
    <Card>
      <Checks provider={`${String(object.owner)}/${String(object.name)}`} />
    </Card>
  );
}
