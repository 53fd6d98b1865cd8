import type { ObjectData } from './kindPaths';

/** Compares values as the server does: null and a missing value are the same. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** The changed properties of a draft. Only these are saved, so that changes by others at the same time are kept. */
export function changesOf(object: ObjectData, draft: ObjectData): ObjectData {
  return Object.fromEntries(Object.entries(draft).filter(([name, value]) => value !== undefined && !isSame(value, object[name])));
}
