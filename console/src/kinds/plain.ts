import type { KindName, PluralName } from '../api/kindPaths';
import type { Column, Kind, Section } from './kind';

const withDisplayName: readonly Column[] = [
  { name: 'name', isSorted: true, search: 'anywhere' },
  { name: 'displayName', isSorted: true, search: 'anywhere' },
  { name: 'createdTime', type: 'time', isSorted: true },
];

const withoutDisplayName: readonly Column[] = withDisplayName.filter((column) => column.name !== 'displayName');

/** A kind without special pages: the list shows the common properties, the form is built from the schema. */
const plain = (name: KindName, plural: PluralName, schema: Kind['schema'], section: Section = 'more', columns: readonly Column[] = withDisplayName): Kind => ({
  name,
  plural,
  schema,
  section,
  owner: 'organization',
  columns,
  groups: [],
});

export const plainKinds: readonly Kind[] = [
  plain('adapter', 'adapters', 'Adapter', 'access', withoutDisplayName),
  plain('enforcer', 'enforcers', 'Enforcer', 'access'),
  plain('syncer', 'syncers', 'Syncer', 'more', withoutDisplayName),
  {
    ...plain('ldap', 'ldaps', 'Ldap', 'more', [{ name: 'serverName' }, { name: 'host' }, { name: 'createdTime', type: 'time' }]),
    idOf: (object) => `${String(object['owner'])}/${String(object['id'])}`,
  },
  plain('key', 'keys', 'Key'),
  plain('form', 'forms', 'Form'),
  plain('ticket', 'tickets', 'Ticket'),
  plain('agent', 'agents', 'Agent'),
  plain('server', 'servers', 'Server'),
  plain('entry', 'entries', 'Entry'),
  plain('rule', 'rules', 'Rule', 'more', withoutDisplayName),
  plain('site', 'sites', 'Site'),
  plain('product', 'products', 'Product'),
  plain('coupon', 'coupons', 'Coupon'),
  plain('plan', 'plans', 'Plan'),
  plain('pricing', 'pricings', 'Pricing'),
  plain('subscription', 'subscriptions', 'Subscription'),
  plain('order', 'orders', 'Order'),
  plain('payment', 'payments', 'Payment'),
  plain('transaction', 'transactions', 'Transaction'),
];
