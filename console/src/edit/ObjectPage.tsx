import { useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Flex, Form, Skeleton, Tabs } from 'antd';
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react';
import { useBlocker, useNavigate, useSearchParams } from 'react-router';
import { useText } from '../i18n/useText';
import { type ObjectData, textOf } from '../api/kindPaths';
import { addObject, deleteObject, updateObject } from '../api/objects';
import { useCurrentUser } from '../api/currentUser';
import { addressOf, idOf } from '../kinds';
import type { Group, Kind } from '../kinds/kind';
import { kindLabel, kindOne } from '../kinds/labels';
import { PageTitle } from '../components/PageTitle';
import { ConfirmByName } from '../components/ConfirmByName';
import { changesOf, isSame } from '../api/changes';
import { isKindKeptOnly } from '../kinds/kept';
import { FieldGroups } from './FieldGroups';
import { OwnerChoice } from './OwnerChoice';
import { PanelContent } from './panels';
import { readable } from './unreadable';

const JsonTab = lazy(() => import('./JsonTab'));
const HistoryTab = lazy(() => import('./HistoryTab'));

export function ObjectPage({ kind, groups, id, object, isNew }: { kind: Kind; groups: readonly Group[]; id: string; object: ObjectData; isNew: boolean }) {
  const t = useText('edit');
  const currentUser = useCurrentUser();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const { message, modal } = App.useApp();
  const [search, setSearch] = useSearchParams();
  const [form] = Form.useForm<ObjectData>();
  const [draft, setDraft] = useState(object);
  const [refusal, setRefusal] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const changes = useMemo(() => changesOf(object, draft), [object, draft]);
  const shown = useMemo(() => readable(draft, object), [object, draft]);
  const isChanged = isNew ? !isSame(object, draft) : Object.keys(changes).length > 0;

  // After a save the draft starts again from the object that the server answers.
  const [saved, setSaved] = useState(object);
  if (object !== saved) {
    setSaved(object);
    setDraft(object);
  }

  useEffect(() => form.setFieldsValue(object), [object, form]);

  const blocker = useBlocker(({ currentLocation, nextLocation }) => isChanged && !isBusy && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (blocker.state === 'blocked') {
      modal.confirm({
        title: t('unsaved'),
        content: t('unsavedHelp'),
        okText: t('leave'),
        cancelText: t('stay'),
        okButtonProps: { danger: true },
        onOk: () => blocker.proceed(),
        onCancel: () => blocker.reset(),
      });
    }
  }, [blocker, modal, t]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => {
      if (isChanged) {
        event.preventDefault();
      }
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isChanged]);

  const save = async (): Promise<void> => {
    setRefusal('');
    setBusy(true);
    try {
      if (isNew) {
        const name = await addObject(kind.name, draft);
        void message.success(t('added'));
        await cache.invalidateQueries({ queryKey: ['list', kind.plural] });
        leaveFor({ ...draft, name: draft.name ?? name ?? '' });
        return;
      }

      await updateObject(kind.name, id, changes);
      void message.success(t('saved'));
      const renamed = { ...object, ...changes };
      await Promise.all([['list', kind.plural], ['history'], ['activity', id], ['statistics']].map((queryKey) => cache.invalidateQueries({ queryKey })));
      if (idOf(kind, renamed) !== id) {
        leaveFor(renamed);
        return;
      }

      await cache.invalidateQueries({ queryKey: ['object', kind.name, id] });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    }

    setBusy(false);
  };

  // The form stays disabled until the next page is shown: input would be lost.
  const leaveFor = (named: ObjectData): void => void navigate(addressOf(kind, idOf(kind, named)), { replace: true });

  const submit = async (): Promise<void> => {
    if (isNew && !draft.owner) {
      setRefusal(t('chooseOrganization'));
      return;
    }

    try {
      await form.validateFields();
    } catch {
      setRefusal(t('lookAtFields'));
      return;
    }

    await save();
  };

  const remove = async (): Promise<void> => {
    try {
      await deleteObject(kind.name, object);
      void message.success(t('deleted'));
      await cache.invalidateQueries({ queryKey: ['list', kind.plural] });
      setDraft(object);
      void navigate(`/${kind.plural}`, { replace: true });
    } catch (error) {
      setDeleting(false);
      setRefusal(error instanceof Error ? error.message : String(error));
    }
  };

  const panels = isNew ? [] : (kind.panels ?? []).filter((panel) => panel.when?.(object, currentUser) ?? true);
  const first = panels[0]?.name === 'overview' ? 'overview' : 'form';
  const tabs = [
    {
      key: 'form',
      label: t(kind.isFixed ? 'tab.details' : 'tab.edit'),
      forceRender: true,
      children: (
        <Form<ObjectData>
          form={form}
          layout="vertical"
          initialValues={object}
          onValuesChange={(_, values) => setDraft({ ...draft, ...values })}
          onFinish={() => void submit()}
          requiredMark
          disabled={isBusy}
          scrollToFirstError
        >
          {isNew && <OwnerChoice kind={kind} object={shown} onChange={(owner) => setDraft({ ...draft, ...owner })} />}
          <FieldGroups kind={kind} groups={groups} object={shown} isNew={isNew} />
        </Form>
      ),
    },
    ...panels.map((panel) => ({
      key: panel.name,
      label: t(`kinds:panels.${panel.name}`),
      children: late(<PanelContent name={panel.component} object={object} kind={kind} />),
    })),
    ...(isNew
      ? []
      : [
          {
            key: 'json',
            label: 'JSON',
            children: late(
              <JsonTab
                kind={kind}
                object={shown}
                isFixed={kind.isFixed === true}
                onChange={(next) => {
                  setDraft(next);
                  form.setFieldsValue(next);
                }}
              />,
            ),
          },
        ]),
    ...(isNew || !currentUser.isAdmin ? [] : [{ key: 'history', label: t('tab.history'), children: late(<HistoryTab kind={kind} id={id} />) }]),
  ];
  const ordered = first === 'form' ? tabs : [tabs.find((tab) => tab.key === first)!, ...tabs.filter((tab) => tab.key !== first)];
  const title = isNew ? t('list:add', { one: kindOne(kind.name) }) : textOf(object['displayName']) || object.name || id;
  const canDelete = !isNew && (kind.isGlobal !== true || currentUser.isGlobal);

  return (
    <>
      <PageTitle title={title} above={{ text: kindLabel(kind.plural), to: `/${kind.plural}` }} detail={isNew ? undefined : id}>
        {canDelete && (
          <Button danger onClick={() => setDeleting(true)}>
            {t('list:delete')}
          </Button>
        )}
      </PageTitle>
      {isKindKeptOnly(kind) && <Alert type="info" showIcon title={t('list:keptOnly')} className="spaced" />}
      {refusal.length > 0 && <Alert type="error" showIcon title={refusal} closable={{ onClose: () => setRefusal('') }} className="spaced" />}
      <Tabs
        activeKey={search.get('tab') ?? first}
        onChange={(tab) =>
          setSearch(
            (before) => {
              const after = new URLSearchParams(before);
              after.set('tab', tab);
              return after;
            },
            { replace: true },
          )
        }
        items={ordered}
      />
      {kind.isFixed !== true && (isNew || isChanged) && (
        <Flex gap="small" align="center" className="save-bar" role="region" aria-label={t('save')}>
          <Button type="primary" loading={isBusy} onClick={() => void submit()}>
            {isNew ? t('create') : t('save')}
          </Button>
          {!isNew && (
            <>
              <Button
                onClick={() => {
                  setDraft(object);
                  form.resetFields();
                  form.setFieldsValue(object);
                  setRefusal('');
                }}
              >
                {t('undo')}
              </Button>
              <span>{t('changed', { count: Object.keys(changes).length })}</span>
            </>
          )}
        </Flex>
      )}
      {isDeleting && (
        <ConfirmByName
          title={t('deleteOne', { name: id })}
          consequences={[t(`kinds:deleting.${kind.deleting ?? 'plain'}`)]}
          name={id}
          action={t('list:delete')}
          onConfirm={remove}
          onCancel={() => setDeleting(false)}
        />
      )}
    </>
  );
}

/** A tab whose code is loaded when it is opened. */
const late = (tab: ReactNode): ReactNode => <Suspense fallback={<Skeleton active />}>{tab}</Suspense>;
