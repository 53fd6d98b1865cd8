import type { ObjectData } from '../../api/objects';

export default function UserOverview({ object }: { object: ObjectData }) {
  return <pre>{object.name}</pre>;
}
