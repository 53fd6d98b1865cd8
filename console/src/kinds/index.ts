import { application } from './application';
import { cert } from './cert';
import { group } from './group';
import { invitation } from './invitation';
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

export const kindOfName = (name: string): Kind => kinds.find((kind) => kind.name === name)!;

/** The organization that an object belongs to; empty for what is the installation's. */
export function organizationOf(kind: Kind, object: Record<string, unknown>): string {
  const property = object['organization'];
  return typeof property === 'string' && property.length > 0
    ? property
    : kind.name === 'organization'
      ? String(object['name'] ?? '')
      : object['owner'] === 'admin'
        ? ''
        : String(object['owner'] ?? '');
}

/** The address of an object in the API; of kinds whose ids have more parts, `idOf`. */
export const fullName = ({ owner, name }: { owner?: unknown; name?: unknown }): string => `${String(owner ?? '')}/${String(name ?? '')}`;

export const idOf = (kind: Kind, object: Record<string, unknown>): string => kind.idOf?.(object) ?? fullName(object);

/** The page of an object. Names may hold slashes and anything else. */
export const addressOf = (kind: Kind, id: string): string => `/${kind.plural}/${id.split('/').map(encodeURIComponent).join('/')}`;
