import { useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Form, Input, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fullName } from '../../kinds';
import { Icons } from '../../components/icons';
import { Picture } from '../../components/Picture';
import { envelope, http } from '../../api/client';
import { updateObject } from '../../api/objects';
import { signOut as signOutHere } from '../../auth/tokens';
import { useCurrentUser } from '../../api/currentUser';
import { changesOf } from '../../api/changes';
import { changeLanguage, type Language } from '../../i18n';
import { useText } from '../../i18n/useText';
import { PageTitle } from '../../components/PageTitle';
import { useSignOutUser } from '../user/activity';
import { ActivityCards } from '../user/ActivityCards';
import styles from './MePage.module.css';

/** The current user's own account: profile, identities, sign-ins, password, language. */
export function MePage() {
  const t = useText('user');
  const { user } = useCurrentUser();
  const id = fullName(user);
  return (
    <>
      <PageTitle title={t('common:me')} detail={id} />
      <div className="cards spaced">
        <Profile />
        <div className={styles.column}>
          <Password />
          <LanguageCard />
        </div>
      </div>
      <ActivityCards id={id} isSelf />
      <SignOutEverywhere id={id} />
    </>
  );
}

interface ProfileForm {
  displayName: string;
  avatar: string;
}

function Profile() {
  const t = useText('user');
  const { user } = useCurrentUser();
  const cache = useQueryClient();
  const { message } = App.useApp();
  const [refusal, setRefusal] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [form] = Form.useForm<ProfileForm>();
  const avatar = Form.useWatch('avatar', form) ?? user.avatar;
  const before: ProfileForm = { displayName: user.displayName, avatar: user.avatar };
  const save = async (values: ProfileForm): Promise<void> => {
    const changes = changesOf({ ...before }, { ...values });
    if (Object.keys(changes).length === 0) {
      return;
    }

    setRefusal('');
    setBusy(true);
    try {
      await updateObject('user', fullName(user), changes);
      await cache.invalidateQueries({ queryKey: ['current-user'] });
      void message.success(t('edit:saved'));
    } catch (error) {
      setRefusal((error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title={<h2 className="card-title">{t('profile')}</h2>}>
      <Form form={form} layout="vertical" initialValues={before} onFinish={(values) => void save(values)} disabled={isBusy}>
        <Flex gap="middle" align="center" className="spaced">
          <Picture size={64} address={avatar} name={user.displayName || user.name} />
          <div>
            <strong>{user.displayName || user.name}</strong>
            <div>{[user.email, user.phone].filter((text) => text.length > 0).join(' · ')}</div>
          </div>
        </Flex>
        <Form.Item name="displayName" label={t('fields:common.displayName')}>
          <Input autoComplete="name" maxLength={100} />
        </Form.Item>
        <Form.Item name="avatar" label={t('fields:user.avatar')}>
          <Input inputMode="url" placeholder="https://" autoComplete="off" />
        </Form.Item>
        {refusal.length > 0 && <Alert type="error" showIcon title={refusal} className="spaced" />}
        <Button type="primary" htmlType="submit" loading={isBusy}>
          {t('edit:save')}
        </Button>
      </Form>
    </Card>
  );
}

interface PasswordForm {
  present: string;
  next: string;
  again: string;
}

function Password() {
  const t = useText('user');
  const { user } = useCurrentUser();
  const { message } = App.useApp();
  const [refusal, setRefusal] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [form] = Form.useForm<PasswordForm>();
  const save = async (values: PasswordForm): Promise<void> => {
    setRefusal('');
    setBusy(true);
    try {
      await envelope(() =>
        http.POST('/api/set-password', {
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: { userOwner: user.owner, userName: user.name, oldPassword: values.present ?? '', newPassword: values.next },
        }),
      );
      form.resetFields();
      void message.success(t('passwordChanged'));
    } catch (error) {
      setRefusal((error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title={<h2 className="card-title">{t('password')}</h2>}>
      <Form form={form} layout="vertical" onFinish={(values) => void save(values)} disabled={isBusy}>
        <input type="hidden" autoComplete="username" value={user.name} readOnly />
        <Form.Item name="present" label={t('presentPassword')} extra={t('presentPasswordHelp')}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="next" label={t('newPassword')} rules={[{ required: true, message: t('edit:required', { field: t('newPassword') }) }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label={t('newPasswordAgain')}
          dependencies={['next']}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_, value: string | undefined) =>
                (value ?? '') === (getFieldValue('next') ?? '') ? Promise.resolve() : Promise.reject(new Error(t('notTheSame'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        {refusal.length > 0 && <Alert type="error" showIcon title={refusal} className="spaced" />}
        <Button htmlType="submit" loading={isBusy}>
          {t('changePassword')}
        </Button>
      </Form>
    </Card>
  );
}

function LanguageCard() {
  const t = useText('user');
  const { i18n } = useTranslation();
  return (
    <Card title={<h2 className="card-title">{t('common:language')}</h2>}>
      <Segmented
        aria-label={t('common:language')}
        value={i18n.language}
        onChange={(language) => void changeLanguage(language as Language)}
        options={[
          { value: 'zh', label: '中文' },
          { value: 'en', label: 'English' },
        ]}
      />
    </Card>
  );
}

function SignOutEverywhere({ id }: { id: string }) {
  const t = useText('user');
  const { modal, message } = App.useApp();
  const signOut = useSignOutUser(id);
  const ask = (): void => {
    modal.confirm({
      title: t('signOutTitle', { id }),
      content: t('signOutSelfHelp'),
      okText: t('signOutEverywhere'),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          await signOut.mutateAsync({});
          signOutHere();
        } catch (error) {
          void message.error((error as Error).message);
        }
      },
    });
  };
  return (
    <Button danger icon={<Icons.signOut />} className={styles.signOut} onClick={ask}>
      {t('signOutEverywhere')}
    </Button>
  );
}
