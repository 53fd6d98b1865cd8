import type { ObjectData } from './kindPaths';

/** As the server compares: an empty list, an empty text and nothing are told apart only where a list was set. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** The properties that a draft has otherwise, so that a save changes nothing else, whatever others changed meanwhile. */
export function changesOf(object: ObjectData, draft: ObjectData): ObjectData {
  return Object.fromEntries(Object.entries(draft).filter(([name, value]) => value !== undefined && !isSame(value, object[name])));
}
