import type { ObjectData } from '../../api/kindPaths';
import { addObject, getObject, listObjects, updateObject } from '../../api/objects';
import { fullName } from '../../kinds';

export interface Wanted {
  appId: string;
  appSecret: string;
  organization: string;
  newOrganization?: string;
  application: string;
  newApplication?: string;
}

export interface Connected {
  provider: string;
  application: string;
}

export const aNewOne = ' new';

/** Creates or reuses the organization, the provider with the credentials and the application that accepts it. Can be repeated. */
export async function connect(wanted: Wanted): Promise<Connected> {
  const organization = wanted.organization === aNewOne ? wanted.newOrganization! : wanted.organization;
  if (wanted.organization === aNewOne) {
    await addObject('organization', { owner: 'admin', name: organization, displayName: organization });
  }

  const provider = await putProvider(organization, wanted.appId, wanted.appSecret);
  const item = { owner: provider.owner, name: provider.name, canSignUp: true, canSignIn: true, canUnlink: true };
  if (wanted.application === aNewOne) {
    const name = wanted.newApplication!;
    await addObject('application', {
      owner: 'admin',
      name,
      displayName: name,
      organization,
      enablePassword: true,
      enableSignUp: true,
      expireInHours: 2,
      refreshExpireInHours: 720,
      grantTypes: ['authorization_code', 'refresh_token'],
      providers: [item],
    });
    return { provider: fullName(provider), application: `admin/${name}` };
  }

  const id = `admin/${wanted.application}`;
  const items = ((await getObject('application', id))?.['providers'] as ObjectData[] | null) ?? [];
  if (!items.some((one) => one.name === provider.name)) {
    await updateObject('application', id, { providers: [...items, item] });
  }

  return { provider: fullName(provider), application: id };
}

/** The provider of the organization for this AppID, existing or new, with this AppSecret. */
async function putProvider(organization: string, appId: string, appSecret: string): Promise<ObjectData> {
  const { items } = await listObjects('providers', { p: 1, pageSize: 10, owner: organization, field: 'clientId', value: appId });
  const found = items.find((provider) => provider['clientId'] === appId && provider['type'] === 'WeChatMiniProgram');
  if (found !== undefined) {
    await updateObject('provider', fullName(found), { clientSecret: appSecret });
    return found;
  }

  // The name of a provider must be unique in the installation, and an AppID is unique at WeChat.
  const provider: ObjectData = {
    owner: organization,
    name: `${organization}-${appId}`,
    displayName: appId,
    category: 'OAuth',
    type: 'WeChatMiniProgram',
    clientId: appId,
    clientSecret: appSecret,
  };
  await addObject('provider', provider);
  return provider;
}
