import type { components, paths } from './schema';

/** An object of any kind, as its properties stand on the wire. */
export type ObjectData = Record<string, unknown> & { owner?: string; name?: string };

/** A property as text: empty if it is not set or is no plain value. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** The kinds of objects: the API can read, list and delete each of them. */
export type KindName = { [P in keyof paths]: P extends `/api/delete-${infer K}` ? (`/api/get-${K}` extends keyof paths ? K : never) : never }[keyof paths];

/** The names of lists. */
export type PluralName = {
  [P in keyof paths]: P extends `/api/get-${infer K}` ? (paths[P] extends { get: { parameters: { query?: { pageSize?: number } } } } ? K : never) : never;
}[keyof paths];

/** The parameters of a list. All of them stand in the page's address. */
export interface ListQuery {
  owner?: string;
  organization?: string;
  groupName?: string;
  p: number;
  pageSize: number;
  field?: string;
  value?: string;
  match?: 'prefix';
  sortField?: string;
  sortOrder?: 'ascend' | 'descend';
}

interface Responses<Data, Data2 = unknown> {
  200: { content: { 'application/json': (components['schemas']['Ok'] & { data: Data; data2: Data2 }) | components['schemas']['Refusal'] } };
}

interface Write<Query> {
  post: {
    parameters: { path: { kind: KindName }; query?: Query };
    requestBody: { content: { 'application/json': ObjectData } };
    responses: Responses<unknown>;
  };
}

/** The five routes that every kind has in the OpenAPI document, with the kind as a parameter: one list and one form serve all kinds. */
export interface KindPaths {
  '/api/get-{plural}': {
    get: { parameters: { path: { plural: PluralName }; query: ListQuery }; responses: Responses<ObjectData[] | null, number | null> };
  };
  '/api/get-{kind}': {
    get: { parameters: { path: { kind: KindName }; query: { id: string; withSecret: '0' } }; responses: Responses<ObjectData | null> };
  };
  '/api/add-{kind}': Write<never>;
  '/api/update-{kind}': Write<{ id: string; columns: string }>;
  '/api/delete-{kind}': Write<never>;
}
