import { envelope, http } from './client';
import type { KindName, ListQuery, ObjectData, PluralName } from './kindPaths';

export interface ListAnswer {
  items: ObjectData[];
  total: number;
}

export async function listObjects(plural: PluralName, query: ListQuery, signal?: AbortSignal): Promise<ListAnswer> {
  const answer = await envelope(() => http.GET('/api/get-{plural}', { params: { path: { plural }, query }, signal }));
  return { items: answer.data ?? [], total: answer.data2 ?? 0 };
}

/** The object, or null if it does not exist or belongs to another organization. */
export async function getObject(kind: KindName, id: string): Promise<ObjectData | null> {
  return (await envelope(() => http.GET('/api/get-{kind}', { params: { path: { kind }, query: { id, withSecret: '0' } } }))).data;
}

/** Adds an object. Answers the name that the server gave it, for kinds that the server names. */
export async function addObject(kind: KindName, body: ObjectData): Promise<string | undefined> {
  const { data } = await envelope(() => http.POST('/api/add-{kind}', { params: { path: { kind } }, body }));
  return typeof data === 'string' && body.name === undefined ? data : undefined;
}

/** Changes the properties that the body has, and no others. */
export async function updateObject(kind: KindName, id: string, body: ObjectData): Promise<void> {
  await envelope(() => http.POST('/api/update-{kind}', { params: { path: { kind }, query: { id, columns: Object.keys(body).join(',') } }, body }));
}

export async function deleteObject(kind: KindName, object: ObjectData): Promise<void> {
  await envelope(() => http.POST('/api/delete-{kind}', { params: { path: { kind } }, body: object }));
}
