import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type en from './en';

type Namespace = keyof typeof en;

/** Texts of a namespace by their key, and of the others as `namespace:key`. */
export function useText<N extends Namespace>(namespace: N): TFunction<[N, ...Namespace[]]> {
  return useTranslation(namespace).t as unknown as TFunction<[N, ...Namespace[]]>;
}
