import { useTranslation } from 'react-i18next';
import type en from './en';

type Namespace = keyof typeof en;

/** The texts of a namespace by their key, and those of the others by `namespace:key`. */
export function useText<N extends Namespace>(namespace: N) {
  return useTranslation<[N, ...Namespace[]]>([namespace]).t;
}
