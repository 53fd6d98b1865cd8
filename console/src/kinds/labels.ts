import i18next from 'i18next';

const has = (key: string): boolean => i18next.exists(key);
const text = (key: string): string => i18next.t(key as never);

/** What a property is called. Properties of plain kinds have their name on the wire. */
export const fieldLabel = (kind: string, name: string): string =>
  has(`fields:${kind}.${name}`) ? text(`fields:${kind}.${name}`) : has(`fields:common.${name}`) ? text(`fields:common.${name}`) : name;

export const fieldHelp = (kind: string, name: string): string | undefined =>
  has(`help:${kind}.${name}`) ? text(`help:${kind}.${name}`) : has(`help:common.${name}`) ? text(`help:common.${name}`) : undefined;

/** A value in words, where it has some. */
export const valueLabel = (name: string, value: string): string => {
  const key = `kinds:values.${name}.${value === '' ? 'empty' : value.replaceAll(':', '_').replaceAll('.', '_')}`;
  return has(key) ? text(key) : value;
};

/** What people call it, with its name where that is another. */
export const namedLabel = (name: string, displayName: unknown): string =>
  typeof displayName === 'string' && displayName.length > 0 && displayName !== name ? `${displayName} (${name})` : name;

export const kindLabel = (plural: string): string => text(`kinds:plural.${plural}`);

export const kindOne = (name: string): string => text(`kinds:one.${name}`);
