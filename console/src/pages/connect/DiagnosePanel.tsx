import type { ObjectData } from '../../api/objects';

export default function DiagnosePanel({ object }: { object: ObjectData }) {
  return <pre>{object.name}</pre>;
}
