import type { Schemas } from '../api/client';
import type { KindName, ObjectData, PluralName } from '../api/kindPaths';
import type { CurrentUser } from '../api/currentUser';
import type en from '../i18n/en';

type Texts = (typeof en)['kinds'];

/** How a property is shown and edited. */
export type FieldType =
  | 'text'
  | 'area'
  | 'number'
  | 'switch'
  | 'select'
  | 'selects'
  | 'tags'
  | 'picker'
  | 'pickers'
  | 'secret'
  | 'clientSecret'
  | 'password'
  | 'image'
  | 'code'
  | 'time'
  | 'json';

export interface FieldInputProps {
  id?: string;
  value?: unknown;
  onChange?: (value: unknown) => void;
  object: ObjectData;
  isNew: boolean;
}

/** A property in the form of its object. Its label is `fields:KIND.NAME` or `fields:common.NAME`, its help the same in `help`. */
export interface Field {
  name: string;
  type?: FieldType;
  /** Of a select; of tags: those that are proposed. */
  options?: readonly string[];
  /** Of a select: the value that opens more than its organization. Global administrators alone are offered it, and `edit:danger.NAME` says in red what it means. */
  dangerous?: string;
  /** Of a picker: the kind that it names. */
  of?: KindName;
  /** Of a picker: whether it names objects as owner/name instead of the name alone. */
  isFullId?: boolean;
  isRequired?: boolean;
  /** Can be given to a new object only. */
  isFixed?: boolean;
  /** Told by the server, never sent. */
  isReadOnly?: boolean;
  /** Has a button that copies it. */
  isCopied?: boolean;
  pattern?: RegExp;
  /** Whether it matters for an object like this. */
  when?: (object: ObjectData) => boolean;
  /** For properties that need an editor of their own: its name in `edit/editors.ts`. */
  editor?: 'providers';
  /** Also shown to global administrators alone. */
  isGlobal?: boolean;
}

/** Fields under one heading, `kinds:groups.NAME`. */
export interface Group {
  name: keyof Texts['groups'];
  fields: readonly Field[];
}

export interface Column {
  name: string;
  type?: 'text' | 'time' | 'bool' | 'image' | 'tags' | 'number' | 'bytes';
  /** Not shown until it is chosen. */
  isHidden?: boolean;
  /** Whether the list can be sorted by it. */
  isSorted?: boolean;
  /** Whether the list can be searched by it: by its beginning, or anywhere where that is all the server has. */
  search?: 'prefix' | 'anywhere';
  /** Values with words of their own, `kinds:values.NAME.VALUE`. */
  options?: readonly string[];
  /** The value that is shown in red. */
  dangerous?: string;
}

export type PanelName = 'deliveries' | 'diagnosis' | 'filePreview' | 'groupMembers' | 'profile' | 'userOverview';

export interface PanelProps {
  object: ObjectData;
  kind: Kind;
}

/** A further tab of an object's page, with the title `kinds:panels.NAME`. */
export interface Panel {
  name: keyof Texts['panels'];
  /** Its entry in `edit/panels.ts`. */
  component: PanelName;
  when?: (object: ObjectData, currentUser: CurrentUser) => boolean;
}

/** A button over chosen rows that changes each of them: `kinds:bulk.NAME`. */
export interface BulkChange {
  name: keyof Texts['bulk'];
  change: ObjectData;
}

export type Section = 'people' | 'applications' | 'access' | 'log' | 'more';

/** What a table shows: objects of a kind, records or webhook events. */
export interface Listed {
  /** The texts of its columns are `fields:NAME.COLUMN`. */
  name: string;
  columns: readonly Column[];
  /** Whether an organization's objects are those that it owns, though admin may own some too. */
  isFilteredByOwner?: boolean;
}

/** One kind of object, declared once: the lists, forms and menus are made of it. */
export interface Kind extends Listed {
  /** As in its routes. */
  name: KindName;
  /** As in the route of its list, and in this console's addresses. */
  plural: PluralName;
  /** In the OpenAPI document. */
  schema: keyof Schemas;
  section: Section;
  /** What owns an object: its organization, or admin with the organization in a property, or either of both. */
  owner: 'organization' | 'admin' | 'either';
  groups: readonly Group[];
  /** What a new object begins with. */
  fresh?: (organization: string) => ObjectData;
  panels?: readonly Panel[];
  bulk?: readonly BulkChange[];
  /** Whether its list is always one organization's: there may be a million of each. */
  isOfOne?: boolean;
  /** Whether nobody adds one by hand. */
  isMadeByServer?: boolean;
  /** Whether its objects are never changed, only deleted. */
  isFixed?: boolean;
  /** Whether only global administrators add and delete one, and all others find their own. */
  isGlobal?: boolean;
  /** Deleting an object has further consequences, which `kinds:deleting.NAME` names. */
  deleting?: keyof Texts['deleting'];
  /** The parts of an object's id beyond owner and name. */
  idOf?: (object: ObjectData) => string;
}
