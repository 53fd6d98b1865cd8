import { type Call, envelope, type Envelope, http } from './client';

/** An object of any kind, as its properties stand on the wire. */
export type ObjectData = Record<string, unknown> & { owner?: string; name?: string };

/** What a list asks for; every part stands in the page's address. */
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

export interface ListAnswer {
  items: ObjectData[];
  total: number;
}

// The five routes of a kind have the same form: their types are those of one of them.
const routes = {
  list: (plural: string) => `/api/get-${plural}` as '/api/get-users',
  get: (kind: string) => `/api/get-${kind}` as '/api/get-user',
  add: (kind: string) => `/api/add-${kind}` as '/api/add-user',
  update: (kind: string) => `/api/update-${kind}` as '/api/update-user',
  delete: (kind: string) => `/api/delete-${kind}` as '/api/delete-user',
};

export async function listObjects(plural: string, query: ListQuery, signal?: AbortSignal): Promise<ListAnswer> {
  const answer = await envelope(() => http.GET(routes.list(plural), { params: { query }, signal }) as Call);
  return { items: (answer.data as ObjectData[] | null) ?? [], total: Number(answer.data2 ?? 0) };
}

/** The object, or null where there is none or it is none of the caller's. */
export async function getObject(kind: string, id: string): Promise<ObjectData | null> {
  const answer = await envelope(() => http.GET(routes.get(kind), { params: { query: { id, withSecret: '0' } as never } }) as Call);
  return (answer.data as ObjectData | null) ?? null;
}

export async function addObject(kind: string, body: ObjectData): Promise<Envelope> {
  return envelope(() => http.POST(routes.add(kind), { body: body as never }) as Call);
}

/** Changes what the body has and nothing else. */
export async function updateObject(kind: string, id: string, body: ObjectData): Promise<Envelope> {
  return envelope(() => http.POST(routes.update(kind), { params: { query: { id, columns: Object.keys(body).join(',') } }, body: body as never }) as Call);
}

export async function deleteObject(kind: string, object: ObjectData): Promise<Envelope> {
  return envelope(() => http.POST(routes.delete(kind), { body: object as never }) as Call);
}
