import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Descriptions, Flex, Modal, Tag } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { Icons } from '../../components/icons';
import { Picture } from '../../components/Picture';
import { type ObjectData, textOf } from '../../api/kindPaths';
import { updateObject } from '../../api/objects';
import { addressOf, fullName, kindOfName } from '../../kinds';
import { formatTime } from '../../i18n/format';
import { useText } from '../../i18n/useText';
import { useSignOutUser } from './activity';
import { ActivityCards } from './ActivityCards';
import styles from './UserOverview.module.css';

interface Named {
  owner: string;
  name: string;
}

/** The most important properties of a user, and the urgent actions: forbid, and sign out everywhere. */
export default function UserOverview({ object }: { object: ObjectData }) {
  const t = useText('user');
  const cache = useQueryClient();
  const { message } = App.useApp();
  const [asked, setAsked] = useState<'forbid' | 'signOut' | null>(null);
  const [isBusy, setBusy] = useState(false);
  const id = fullName(object);
  const signOut = useSignOutUser(id);
  const isForbidden = object['isForbidden'] === true;
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    try {
      await work();
      await Promise.all([['object', 'user', id], ['activity', id], ['list', 'users'], ['history']].map((queryKey) => cache.invalidateQueries({ queryKey })));
      void message.success(t('done'));
    } catch (error) {
      void message.error((error as Error).message);
    } finally {
      setBusy(false);
      setAsked(null);
    }
  };
  const forbid = (value: boolean): Promise<void> => run(() => updateObject('user', id, { isForbidden: value }));
  const roles = (object['roles'] as Named[] | null) ?? [];
  const email = textOf(object['email']);
  const phone = textOf(object['phone']);
  return (
    <>
      <Card className="spaced">
        <Flex gap="large" wrap align="start">
          <Picture size={72} address={object['avatar']} name={object['displayName'] || object.name} />
          <Descriptions
            className={styles.properties}
            size="small"
            column={{ xs: 1, sm: 1, md: 2 }}
            items={[
              { key: 'state', label: t('state'), children: <Tag color={isForbidden ? 'error' : undefined}>{t(isForbidden ? 'forbidden' : 'mayIn')}</Tag> },
              {
                key: 'phone',
                label: t('fields:user.phone'),
                children: phone ? `${textOf(object['countryCode'])} ${phone}`.trim() : '–',
              },
              {
                key: 'email',
                label: t('fields:user.email'),
                children: email ? (
                  <>
                    {email} {object['emailVerified'] === true && <Tag>{t('verified')}</Tag>}
                  </>
                ) : (
                  '–'
                ),
              },
              { key: 'application', label: t('fields:user.signupApplication'), children: textOf(object['signupApplication']) || '–' },
              { key: 'created', label: t('fields:common.createdTime'), children: formatTime(object['createdTime']) },
              { key: 'last', label: t('fields:user.lastSigninTime'), children: formatTime(object['lastSigninTime']) || '–' },
              {
                key: 'roles',
                label: t('fields:common.roles'),
                children:
                  roles.length === 0
                    ? '–'
                    : roles.map((role) => (
                        <Link key={role.name} to={addressOf(kindOfName('role'), fullName(role))}>
                          <Tag>{role.name}</Tag>
                        </Link>
                      )),
              },
              {
                key: 'groups',
                label: t('fields:common.groups'),
                children: ((object['groups'] as string[] | null) ?? []).map((group) => <Tag key={group}>{group}</Tag>),
              },
            ]}
          />
          <Flex vertical gap="small">
            {isForbidden ? (
              <Button icon={<Icons.permit />} loading={isBusy} onClick={() => void forbid(false)}>
                {t('permit')}
              </Button>
            ) : (
              <Button danger icon={<Icons.forbid />} onClick={() => setAsked('forbid')}>
                {t('forbid')}
              </Button>
            )}
            <Button icon={<Icons.signOut />} onClick={() => setAsked('signOut')}>
              {t('signOutEverywhere')}
            </Button>
          </Flex>
        </Flex>
      </Card>
      <ActivityCards id={id} />
      <Modal
        open={asked !== null}
        title={asked === 'forbid' ? t('forbidTitle', { id }) : t('signOutTitle', { id })}
        onCancel={() => setAsked(null)}
        okText={asked === 'forbid' ? t('forbid') : t('signOutEverywhere')}
        okButtonProps={{ danger: true, loading: isBusy }}
        onOk={() => void (asked === 'forbid' ? forbid(true) : run(() => signOut.mutateAsync({})))}
      >
        {asked === 'forbid' ? t('forbidHelp') : t('signOutHelp')}
      </Modal>
    </>
  );
}
