import type { Field, Group, Kind } from '../kinds/kind';

interface Property {
  type?: string | string[];
  description?: string;
  oneOf?: Property[];
}

interface Document {
  components: { schemas: Record<string, { properties: Record<string, Property> }> };
}

let document: Promise<Document> | null = null;

const read = (): Promise<Document> => (document ??= fetch('/openapi/v1.json', { credentials: 'omit' }).then((answer) => answer.json() as Promise<Document>));

const inHead = new Set(['owner', 'name', 'displayName', 'description', 'organization', 'application', 'user', 'type', 'state', 'isEnabled']);
const timestamps = new Set(['createdTime', 'updatedTime', 'updateTime']);

/** The form of a plain kind, built from its schema in /openapi/v1.json. */
export async function groupsOfSchema(schema: Kind['schema']): Promise<readonly Group[]> {
  const properties = Object.entries((await read()).components.schemas[schema]?.properties ?? {});
  const fields = properties.filter(([name]) => name !== 'owner').map(([name, property]): Field => fieldOf(name, property));
  return [
    { name: 'about', fields: fields.filter((field) => inHead.has(field.name)) },
    { name: 'properties', fields: fields.filter((field) => !inHead.has(field.name)) },
  ];
}

function fieldOf(name: string, property: Property): Field {
  const types = [property.type ?? property.oneOf?.map((one) => one.type ?? 'object') ?? 'object'].flat(2);
  if (timestamps.has(name)) {
    return { name, type: 'time', isReadOnly: true };
  }

  if (property.description?.startsWith('A secret') === true) {
    return { name, type: 'secret' };
  }

  return types.includes('boolean')
    ? { name, type: 'switch' }
    : types.includes('integer') || types.includes('number')
      ? { name, type: 'number' }
      : types.includes('array') || types.includes('object')
        ? { name, type: 'json' }
        : { name, isRequired: name === 'name' };
}
