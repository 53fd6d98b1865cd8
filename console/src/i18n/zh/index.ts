import common from './common.json';
import connect from './connect.json';
import edit from './edit.json';
import fields from './fields.json';
import help from './help.json';
import home from './home.json';
import kinds from './kinds.json';
import list from './list.json';
import user from './user.json';
import webhook from './webhook.json';

export default { common, connect, edit, fields, help, home, kinds, list, user, webhook };
