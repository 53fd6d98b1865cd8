import kept from '../api/kept.json';
import type { Kind } from './kind';

const properties: Record<string, readonly string[]> = kept.properties;

/** Whether the server stores the property and does nothing with it (docs/properties.md). */
export const isKeptOnly = (kind: Kind, property: string): boolean => properties[kind.name]?.includes(property) === true;

/** Whether the server stores objects of this kind and does nothing with them. */
export const isKindKeptOnly = (kind: Kind): boolean => kept.kinds.includes(kind.name);
