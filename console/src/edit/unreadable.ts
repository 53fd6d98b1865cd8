import type { ObjectData } from '../api/kindPaths';

const mark = '\u0000';

/** What the form holds for a property while its text is not JSON yet. */
export const unreadable = (text: string): string => mark + text;

export const isUnreadable = (value: unknown): value is string => typeof value === 'string' && value.startsWith(mark);

/** The text as it was typed. */
export const typedText = (value: string): string => value.slice(mark.length);

/** A draft for everything that reads it: a property whose text cannot be read yet has its saved value. */
export function readable(draft: ObjectData, saved: ObjectData): ObjectData {
  return Object.values(draft).some(isUnreadable)
    ? Object.fromEntries(Object.entries(draft).map(([name, value]) => [name, isUnreadable(value) ? saved[name] : value]))
    : draft;
}
