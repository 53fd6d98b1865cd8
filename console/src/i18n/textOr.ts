import i18next, { type ParseKeys } from 'i18next';
import type en from './en';

type TextKey = ParseKeys<['common', ...(keyof typeof en)[]]>;

const isText = (key: string): key is TextKey => i18next.exists(key);

/** The text of a `namespace:key` that holds a name from the server or from a kind. Without such a text: `otherwise`. */
export const textOr = (key: string, otherwise: string): string => (isText(key) ? i18next.t(key) : otherwise);
