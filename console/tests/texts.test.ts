import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../src/i18n/en';
import zh from '../src/i18n/zh';
import { kinds } from '../src/kinds';
import type { Column, Field, Listed } from '../src/kinds/kind';
import { record } from '../src/pages/records/record';
import { webhookEvent } from '../src/pages/webhook/event';

type Texts = { [key: string]: string | Texts };

/** `namespace:path` of every text. */
function keysOf(texts: Texts, before = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) => {
    const path = before === '' ? `${key}:` : `${before}${before.endsWith(':') ? '' : '.'}${key}`;
    return typeof value === 'string' ? [path] : keysOf(value, path);
  });
}

const textOf = (texts: Texts, key: string): string => key.split(/[:.]/).reduce<string | Texts>((at, part) => (at as Texts)[part]!, texts) as string;

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : /\.tsx?$/.test(entry.name) && entry.name !== 'schema.d.ts' ? [join(folder, entry.name)] : [],
  );

const sources = files(join(import.meta.dirname, '../src'))
  .filter((file) => !file.includes('/i18n/'))
  .map((file) => readFileSync(file, 'utf8'));

const all: readonly Listed[] = [...kinds, record, webhookEvent];

const propertiesOf = (listed: Listed): readonly (Column | Field)[] => [
  ...listed.columns,
  ...(kinds.find((kind) => kind.name === listed.name)?.groups.flatMap((group) => group.fields) ?? []),
];

const declared = new Set(all.flatMap((listed) => propertiesOf(listed).flatMap(({ name }) => [`${listed.name}.${name}`, `common.${name}`])));
const options = new Set(
  all.flatMap((listed) =>
    propertiesOf(listed).flatMap((one) =>
      (one.options ?? []).map((value) => `${one.name}.${value === '' ? 'empty' : value.replaceAll(':', '_').replaceAll('.', '_')}`),
    ),
  ),
);

/** The texts that kinds need. The sources name the others. */
const ofKinds = new Set(
  kinds.flatMap((kind) => [
    `kinds:one.${kind.name}`,
    `kinds:plural.${kind.plural}`,
    `kinds:empty.${kind.plural}`,
    `kinds:deleting.${kind.deleting ?? 'plain'}`,
    ...kind.groups.map((group) => `kinds:groups.${group.name}`),
    ...(kind.panels ?? []).map((panel) => `kinds:panels.${panel.name}`),
    ...(kind.bulk ?? []).map((bulk) => `kinds:bulk.${bulk.name}`),
  ]),
);

function isUsed(key: string): boolean {
  const [namespace, path] = key.replace(/_(one|other)$/, '').split(':') as [string, string];
  switch (namespace) {
    case 'fields':
    case 'help':
      return declared.has(path);
    case 'kinds':
      return path.startsWith('values.')
        ? options.has(path.slice('values.'.length))
        : ofKinds.has(key) || path === 'groups.properties' || path === 'deleting.plain';
    default:
      return sources.some((source) => {
        const isHere = source.includes(`useText('${namespace}')`) || (namespace === 'common' && source.includes('i18next.t('));
        const names = (text: string): boolean => source.includes(`'${namespace}:${text}'`) || (isHere && source.includes(`'${text}'`));
        const begins = path
          .split('.')
          .slice(0, -1)
          .some((_, index, parts) => {
            const before = parts.slice(0, index + 1).join('.');
            return source.includes(`\`${namespace}:${before}.\${`) || (isHere && source.includes(`\`${before}.\${`));
          });
        return names(path) || begins;
      });
  }
}

describe('texts', () => {
  it('are the same in both languages', () => {
    expect(keysOf(zh as Texts).sort()).toEqual(keysOf(en as Texts).sort());
  });

  it('take the same values in both languages', () => {
    const values = (text: string): string[] => [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1]!).sort();
    const unlike = keysOf(en as Texts).filter((key) => values(textOf(en as Texts, key)).join() !== values(textOf(zh as Texts, key)).join());
    expect(unlike).toEqual([]);
  });

  it('are Chinese in Chinese and not in English', () => {
    const names = /^(JSON|AppID|AppSecret|unionid|API|Webhook|kinds:.*webhook.*|ID)$/i;
    const untranslated = keysOf(zh as Texts).filter((key) => !/[\u4e00-\u9fff]/.test(textOf(zh as Texts, key)) && !names.test(textOf(zh as Texts, key)));
    expect(untranslated).toEqual([]);
    expect(keysOf(en as Texts).filter((key) => /[\u4e00-\u9fff]/.test(textOf(en as Texts, key)))).toEqual([]);
  });

  it('are all used', () => {
    expect(keysOf(en as Texts).filter((key) => !isUsed(key))).toEqual([]);
  });

  it('are there for everything that kinds declare', () => {
    const keys = new Set(keysOf(en as Texts).map((key) => key.replace(/_(one|other)$/, '')));
    const wanted = [
      ...[...ofKinds].filter((key) => !key.startsWith('kinds:empty.')),
      ...all.flatMap((kind) =>
        propertiesOf(kind).map((one) => (keys.has(`fields:${kind.name}.${one.name}`) ? `fields:${kind.name}.${one.name}` : `fields:common.${one.name}`)),
      ),
    ];
    expect([...new Set(wanted)].filter((key) => !keys.has(key))).toEqual([]);
  });
});
