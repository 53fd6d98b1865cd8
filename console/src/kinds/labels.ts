import { textOr } from '../i18n/textOr';

/** The label of a property. Properties of plain kinds have no text: their label is their name on the wire. */
export const fieldLabel = (kind: string, name: string): string => textOr(`fields:${kind}.${name}`, textOr(`fields:common.${name}`, name));

export const fieldHelp = (kind: string, name: string): string | undefined => textOr(`help:${kind}.${name}`, textOr(`help:common.${name}`, '')) || undefined;

/** The text of a value, or the value itself. */
export const valueLabel = (name: string, value: string): string =>
  textOr(`kinds:values.${name}.${value === '' ? 'empty' : value.replaceAll(':', '_').replaceAll('.', '_')}`, value);

/** The display name, followed by the name if that differs. */
export const namedLabel = (name: string, displayName: unknown): string =>
  typeof displayName === 'string' && displayName.length > 0 && displayName !== name ? `${displayName} (${name})` : name;

export const kindLabel = (plural: string): string => textOr(`kinds:plural.${plural}`, plural);

export const kindOne = (name: string): string => textOr(`kinds:one.${name}`, name);
