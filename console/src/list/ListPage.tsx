import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, type CheckboxProps, Empty, Flex, Space, Table } from 'antd';
import { type AriaAttributes, useState } from 'react';
import { Icons } from '../components/icons';
import { textOr } from '../i18n/textOr';
import { useText } from '../i18n/useText';
import { Link } from 'react-router';
import type { ObjectData } from '../api/kindPaths';
import { deleteObject, listObjects, updateObject } from '../api/objects';
import { useCurrentUser } from '../api/currentUser';
import { ConfirmByName } from '../components/ConfirmByName';
import { isKindKeptOnly } from '../kinds/kept';
import { addressOf, idOf } from '../kinds';
import type { BulkChange, Column, Kind } from '../kinds/kind';
import { kindLabel, kindOne } from '../kinds/labels';
import { LinkButton } from '../components/LinkButton';
import { PageTitle } from '../components/PageTitle';
import { Wide } from '../components/Wide';
import { OrganizationFilter, useUsualOrganization } from '../components/OrganizationFilter';
import { queryOf, useListAddress } from './address';
import { ColumnChoice } from './ColumnChoice';
import { ConfirmChosen } from './ConfirmChosen';
import { csvHead, csvRows, download } from './csv';
import { SearchBox } from './SearchBox';
import { useTableOf } from './useTableOf';
import { useWork } from './useWork';
import { WorkDialog } from './WorkDialog';

const exportedAtOnce = 1000;

/** The list of a kind. The server does paging, sorting, search and filters; their state is in the address. */
export function ListPage({ kind }: { kind: Kind }) {
  const t = useText('list');
  const currentUser = useCurrentUser();
  const cache = useQueryClient();
  const [typed, change] = useListAddress();
  const usual = useUsualOrganization();
  const address = kind.isOfOne === true && typed.organization.length === 0 ? { ...typed, organization: usual ?? '' } : typed;
  const [chosen, setChosen] = useState<ObjectData[]>([]);
  const [isDeleting, setDeleting] = useState(false);
  const [asked, setAsked] = useState<BulkChange | null>(null);
  const [work, run, closeWork] = useWork();
  const query = queryOf(kind, address);
  const list = useQuery({
    queryKey: ['list', kind.plural, query],
    queryFn: ({ signal }) => listObjects(kind.plural, query, signal),
    placeholderData: keepPreviousData,
    enabled: kind.isOfOne !== true || address.organization.length > 0,
  });

  const shown = kind.columns.filter((column) => (address.columns === null ? column.isHidden !== true : address.columns.includes(column.name)));
  const title = kindLabel(kind.plural);
  const canDelete = kind.isGlobal !== true || currentUser.isGlobal;
  const canAdd = kind.isMadeByServer !== true && canDelete;
  const isFiltered = address.value.length > 0 || address.group.length > 0;
  const addAddress = `/${kind.plural}/new${address.organization.length > 0 ? `?organization=${encodeURIComponent(address.organization)}` : ''}`;

  const again = async (): Promise<void> => {
    setChosen([]);
    await cache.invalidateQueries({ queryKey: ['list', kind.plural] });
  };

  const bulk = async (action: BulkChange): Promise<void> => {
    setAsked(null);
    await run(
      t(`kinds:bulk.${action.name}`),
      chosen,
      (object) => idOf(kind, object),
      (object) => updateObject(kind.name, idOf(kind, object), action.change),
    );
    await again();
  };

  const remove = async (): Promise<void> => {
    setDeleting(false);
    await run(
      t('delete'),
      chosen,
      (object) => idOf(kind, object),
      (object) => deleteObject(kind.name, object),
    );
    await again();
  };

  const exportAll = async (): Promise<void> => {
    const names = kind.columns.map((column) => column.name);
    // Each page is a separate blob, which browsers keep outside of the script's memory.
    const parts: BlobPart[] = [new Blob([csvHead(names)])];
    const pages = Array.from({ length: Math.ceil((list.data?.total ?? 0) / exportedAtOnce) }, (_, index) => index + 1);
    const texts: Blob[] = [];
    const isWhole = await run(
      t('exporting'),
      pages,
      (page) => String(page),
      async (page) => {
        const { items } = await listObjects(kind.plural, { ...query, p: page, pageSize: exportedAtOnce });
        texts[page] = new Blob([csvRows(names, items)]);
      },
    );
    if (isWhole) {
      download(`${kind.plural}.csv`, [...parts, ...texts.filter((text) => text !== undefined)], 'text/csv;charset=utf-8');
    }
  };

  const table = useTableOf(kind.name, shown, address, change, list.data?.total ?? 0, (inside, object, index) =>
    isLinked(shown, index) ? <Link to={addressOf(kind, idOf(kind, object))}>{inside}</Link> : inside,
  );

  return (
    <>
      <PageTitle title={title}>
        {canAdd && (
          <LinkButton to={addAddress} type="primary" icon={<Icons.add />}>
            {t('add', { one: kindOne(kind.name) })}
          </LinkButton>
        )}
      </PageTitle>
      {isKindKeptOnly(kind) && <Alert type="info" showIcon title={t('keptOnly')} className="spaced" />}
      <Flex gap="small" wrap className="spaced">
        {kind.name !== 'organization' && (
          <OrganizationFilter isOne={kind.isOfOne} value={address.organization} onChange={(organization) => change({ organization, group: '' })} />
        )}
        <SearchBox kind={kind} address={address} onChange={change} />
        {address.group.length > 0 && (
          <Button iconPlacement="end" icon={<Icons.delete />} onClick={() => change({ group: '' })}>
            {t('ofGroup', { group: address.group })}
          </Button>
        )}
        <Space>
          <ColumnChoice kind={kind} shown={shown} onChange={(names) => change({ columns: names.join(',') })} />
          <Button icon={<Icons.reload />} aria-label={t('reload')} onClick={() => void again()} loading={list.isFetching} />
          <Button icon={<Icons.download />} onClick={() => void exportAll()} disabled={(list.data?.total ?? 0) === 0}>
            {t('export')}
          </Button>
        </Space>
      </Flex>
      {chosen.length > 0 && (
        <Flex gap="small" wrap align="center" className="spaced" role="status">
          <span>{t('chosen', { count: chosen.length })}</span>
          {kind.bulk?.map((action) => (
            <Button key={action.name} onClick={() => setAsked(action)}>
              {t(`kinds:bulk.${action.name}`)}
            </Button>
          ))}
          {canDelete && (
            <Button danger icon={<Icons.delete />} onClick={() => setDeleting(true)}>
              {t('delete')}
            </Button>
          )}
        </Flex>
      )}
      {list.error !== null && (
        <Alert type="error" showIcon title={list.error.message} className="spaced" action={<Button onClick={() => void list.refetch()}>{t('retry')}</Button>} />
      )}
      <Wide label={title}>
        <Table<ObjectData>
          {...table}
          rowKey={(object) => idOf(kind, object)}
          dataSource={list.data?.items ?? []}
          loading={list.isPending || (list.isPlaceholderData && list.isFetching)}
          rowSelection={{
            selectedRowKeys: chosen.map((object) => idOf(kind, object)),
            onChange: (_, objects) => setChosen(objects),
            preserveSelectedRowKeys: true,
            getCheckboxProps: (object) => labelled(t('choose', { name: idOf(kind, object) })),
            getTitleCheckboxProps: () => labelled(t('chooseAll')),
          }}
          locale={{
            emptyText:
              list.isPending || list.error !== null ? (
                ' '
              ) : (
                <Empty
                  image={Empty.PRESENTED_IMAGE_SIMPLE}
                  description={isFiltered ? t('nothingFound') : textOr(`kinds:empty.${kind.plural}`, t('nothingYet', { one: kindOne(kind.name) }))}
                >
                  {isFiltered ? (
                    <Button onClick={() => change({ value: '', field: '', group: '' })}>{t('clearSearch')}</Button>
                  ) : (
                    canAdd && <LinkButton to={addAddress}>{t('add', { one: kindOne(kind.name) })}</LinkButton>
                  )}
                </Empty>
              ),
          }}
        />
      </Wide>
      {asked !== null && (
        <ConfirmChosen
          title={t('changeMany', { action: t(`kinds:bulk.${asked.name}`), count: chosen.length })}
          names={chosen.map((object) => idOf(kind, object))}
          action={t(`kinds:bulk.${asked.name}`)}
          onConfirm={() => void bulk(asked)}
          onCancel={() => setAsked(null)}
        />
      )}
      {isDeleting && (
        <ConfirmByName
          title={t('deleteMany', { count: chosen.length })}
          consequences={[...(kind.deleting !== undefined ? [t(`kinds:deleting.${kind.deleting}`)] : []), ...chosen.map((object) => idOf(kind, object))]}
          name={chosen.length === 1 ? idOf(kind, chosen[0]!) : String(chosen.length)}
          action={t('delete')}
          onConfirm={remove}
          onCancel={() => setDeleting(false)}
        />
      )}
      <WorkDialog work={work} onClose={closeWork} />
    </>
  );
}

const labelled = (label: string): CheckboxProps & AriaAttributes => ({ 'aria-label': label });

/** The first text column links to the object. */
const isLinked = (columns: readonly Column[], index: number): boolean =>
  index === columns.findIndex((column) => column.type === undefined || column.type === 'time');
