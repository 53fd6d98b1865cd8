import common from './common.json';
import edit from './edit.json';
import fields from './fields.json';
import help from './help.json';
import kinds from './kinds.json';
import list from './list.json';

export default { common, edit, fields, help, kinds, list };
