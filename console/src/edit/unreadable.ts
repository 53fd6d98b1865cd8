import type { ObjectData } from '../api/kindPaths';

const mark = '\u0000';

/** The form's value of a property while its text is not valid JSON. */
export const unreadable = (text: string): string => mark + text;

export const isUnreadable = (value: unknown): value is string => typeof value === 'string' && value.startsWith(mark);

/** The text as typed. */
export const typedText = (value: string): string => value.slice(mark.length);

/** The draft, in which each property with invalid JSON has its saved value. */
export function readable(draft: ObjectData, saved: ObjectData): ObjectData {
  return Object.values(draft).some(isUnreadable)
    ? Object.fromEntries(Object.entries(draft).map(([name, value]) => [name, isUnreadable(value) ? saved[name] : value]))
    : draft;
}
