import { application } from './application';
import { cert } from './cert';
import { group } from './group';
import { invitation } from './invitation';
import { type KindName, type ObjectData, textOf } from '../api/kindPaths';
import type { Kind } from './kind';
import { model } from './model';
import { organization } from './organization';
import { permission } from './permission';
import { plainKinds } from './plain';
import { provider } from './provider';
import { resource } from './resource';
import { role } from './role';
import { session } from './session';
import { token } from './token';
import { user } from './user';
import { webhook } from './webhook';

export const kinds: readonly Kind[] = [
  user,
  group,
  organization,
  invitation,
  application,
  provider,
  cert,
  token,
  session,
  role,
  permission,
  model,
  resource,
  webhook,
  ...plainKinds,
];

export const kindOfPlural = (plural: string | undefined): Kind | undefined => kinds.find((kind) => kind.plural === plural);

export const kindOfName = (name: KindName): Kind => kinds.find((kind) => kind.name === name)!;

/** The organization that an object belongs to, by its properties. Empty for objects of the whole installation. */
export function organizationOf(object: ObjectData): string {
  const organization = textOf(object['organization']);
  return organization.length > 0 ? organization : object.owner === undefined || object.owner === 'admin' ? '' : object.owner;
}

/** The id of an object in the API. Some kinds have ids with more parts: see `idOf`. */
export const fullName = ({ owner = '', name = '' }: { owner?: string; name?: string }): string => `${owner}/${name}`;

export const idOf = (kind: Kind, object: ObjectData): string => kind.idOf?.(object) ?? fullName(object);

/** The path of an object's page. Names may contain slashes and any other character. */
export const addressOf = (kind: Kind, id: string): string => `/${kind.plural}/${id.split('/').map(encodeURIComponent).join('/')}`;
