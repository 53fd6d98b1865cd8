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

/** A property in the form of its object. Its label is `fields:KIND.NAME` or `fields:common.NAME`, its help text is under the same key in `help`. */
export interface Field {
  name: string;
  type?: FieldType;
  /** The options of a select, or the suggestions for tags. */
  options?: readonly string[];
  /** The option of a select that gives access beyond the organization. Only global administrators can choose it; `edit:danger.NAME` warns about it. */
  dangerous?: string;
  /** The kind of object that a picker offers. */
  of?: KindName;
  /** A picker writes owner/name instead of the name alone. */
  isFullId?: boolean;
  isRequired?: boolean;
  /** Can be set only when the object is created. */
  isFixed?: boolean;
  /** Set by the server and never sent to it. */
  isReadOnly?: boolean;
  /** Has a copy button. */
  isCopied?: boolean;
  pattern?: RegExp;
  /** Whether the field is shown for this object. */
  when?: (object: ObjectData) => boolean;
  /** The name of a special editor in `edit/editors.ts`. */
  editor?: 'providers';
  /** Shown only to global administrators. */
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
  /** Hidden until the user selects it. */
  isHidden?: boolean;
  /** The list can be sorted by this column. */
  isSorted?: boolean;
  /** The list can be searched by this column: by prefix (fast, with an index), or by a part of the value. */
  search?: 'prefix' | 'anywhere';
  /** Values that have a text, `kinds:values.NAME.VALUE`. */
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

/** A button that changes all selected rows: `kinds:bulk.NAME`. */
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
  /** The filter by organization compares the owner, not the property organization. */
  isFilteredByOwner?: boolean;
}

/** The declaration of one kind of object. Lists, forms and menus are built from it. */
export interface Kind extends Listed {
  /** The name in the routes of the API. */
  name: KindName;
  /** The name in the route of its list, and in the addresses of the console. */
  plural: PluralName;
  /** The name of its schema in the OpenAPI document. */
  schema: keyof Schemas;
  section: Section;
  /** The owner of an object: its organization; or admin, with the organization in a property; or either. */
  owner: 'organization' | 'admin' | 'either';
  groups: readonly Group[];
  /** The initial values of a new object. */
  fresh?: (organization: string) => ObjectData;
  panels?: readonly Panel[];
  bulk?: readonly BulkChange[];
  /** The list always shows one organization, because there can be a million objects in each. */
  isOfOne?: boolean;
  /** Only the server creates objects of this kind. */
  isMadeByServer?: boolean;
  /** Objects of this kind can be deleted but not changed. */
  isFixed?: boolean;
  /** Only global administrators add and delete objects. Other administrators see only their own. */
  isGlobal?: boolean;
  /** Deleting an object has further consequences, which `kinds:deleting.NAME` names. */
  deleting?: keyof Texts['deleting'];
  /** The id of an object, for kinds whose id is not owner/name. */
  idOf?: (object: ObjectData) => string;
}
