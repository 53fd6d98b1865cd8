import { describe, expect, it } from 'vitest';
import { changesOf } from '../src/api/changes';
import { addressOf, organizationOf } from '../src/kinds';
import { user } from '../src/kinds/user';
import { csvHead, csvRows } from '../src/list/csv';
import { queryOf, readAddress } from '../src/list/address';
import { initial, ownPicture } from '../src/components/pictures';

describe('a list', () => {
  it('is what its address says', () => {
    const address = readAddress(new URLSearchParams('p=3&pageSize=50&field=name&value=me&sort=createdTime&order=ascend&organization=shop'));
    expect(queryOf(user, address)).toEqual({
      p: 3,
      pageSize: 50,
      organization: 'shop',
      field: 'name',
      value: 'me',
      match: 'prefix',
      sortField: 'createdTime',
      sortOrder: 'ascend',
    });
  });

  it('does not pass on what the address makes up', () => {
    const address = readAddress(new URLSearchParams('p=-4&pageSize=100000&field=password&value=x'));
    expect(queryOf(user, address)).toEqual({ p: 1, pageSize: 20 });
  });
});

describe('a file of a list', () => {
  it('holds no formula that a user typed', () => {
    const rows = csvRows(
      ['name', 'score'],
      [
        { name: '=HYPERLINK("http://evil")', score: -5 },
        { name: '@cmd', score: 1 },
      ],
    );
    expect(rows).toBe('"\'=HYPERLINK(""http://evil"")",-5\r\n\'@cmd,1\r\n');
  });

  it('says that it is UTF-8 and quotes what needs it', () => {
    expect(csvHead(['a', 'b,c'])).toBe('\ufeffa,"b,c"\r\n');
  });
});

describe('a save', () => {
  it('sends what was changed and nothing else', () => {
    expect(changesOf({ name: 'a', tags: null, isEnabled: true }, { name: 'a', tags: ['x'], isEnabled: false })).toEqual({ tags: ['x'], isEnabled: false });
  });
});

describe('an object', () => {
  it('has an address whatever its name holds', () => {
    expect(addressOf(user, 'shop/a b#c?')).toBe('/users/shop/a%20b%23c%3F');
  });

  it('belongs to the organization that it names, else to its owner', () => {
    expect(organizationOf({ owner: 'admin', organization: 'shop' })).toBe('shop');
    expect(organizationOf({ owner: 'shop', name: 'mei' })).toBe('shop');
  });
});

describe('a picture', () => {
  it('is shown when it comes from this server or stands in the address', () => {
    for (const own of ['https://id.example/files/a.png', '/files/a.png', 'data:image/png;base64,AAAA']) expect(ownPicture(own, 'https://id.example')).toBe(own);
  });

  it('is not asked of another server', () => {
    for (const foreign of [
      'https://spy.example/a.png',
      'http://id.example/a.png',
      '//spy.example/a.png',
      '\\\\spy.example/a.png',
      'javascript:alert(1)',
      'data:text/html,x',
      'blob:https://spy.example/1',
      '',
      null,
      7,
    ]) {
      expect(ownPicture(foreign, 'https://id.example')).toBeUndefined();
    }
  });

  it('has the first character of a name beside it', () => {
    expect([initial(' mei'), initial('小明'), initial('😀x'), initial(''), initial(undefined)]).toEqual(['M', '小', '😀', '', '']);
  });
});
