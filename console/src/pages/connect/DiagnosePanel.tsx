import { Card } from 'antd';
import type { ObjectData } from '../../api/kindPaths';
import { Checks } from './Checks';
import { fullName } from '../../kinds';

export default function DiagnosePanel({ object }: { object: ObjectData }) {
  return (
    <Card>
      <Checks provider={fullName(object)} />
    </Card>
  );
}
