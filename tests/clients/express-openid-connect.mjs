// A web application on a server of its own, by the library's defaults but for what each flow names.
import express from 'express';
import oidc from 'express-openid-connect';
import { browse, same } from './stage.mjs';

async function serve(settings, config, home) {
  const app = express();
  const server = app.listen(new URL(settings.siteUrl).port, 'localhost');
  await new Promise((done) => server.once('listening', done));
  app.get('/bye', (request, response) => response.send('<link rel="icon" href="data:,"><h1>signed out at the client</h1>'));
  app.use(
    oidc.auth({
      issuerBaseURL: settings.issuer,
      baseURL: settings.siteUrl,
      clientID: settings.clientId,
      secret: 'a text of the application alone, long enough',
      idpLogout: true,
      routes: { postLogoutRedirect: '/bye' },
      ...config,
    }),
  );
  app.get('/', async (request, response) => {
    await home(request);
    response.send('<link rel="icon" href="data:,"><h1>at the client</h1>');
  });
  return server;
}

async function visit(settings, server) {
  same((await browse(settings.siteUrl + '/')).href, settings.siteUrl + '/', 'the address after the sign-in');
  same((await browse(settings.siteUrl + '/logout')).href, settings.siteUrl + '/bye', 'the address after the sign-out');
  server.close();
}

/** The library's default: an id_token alone, by a posted form. */
export async function idToken(settings) {
  await visit(settings, await serve(settings, {}, (request) => same(typeof request.oidc.user.sub, 'string', 'the type of sub')));
}

export async function code(settings) {
  const config = {
    clientSecret: settings.clientSecret,
    authorizationParams: { response_type: 'code', scope: 'openid profile email offline_access' },
  };
  await visit(
    settings,
    await serve(settings, config, async (request) => {
      same((await request.oidc.fetchUserInfo()).email, settings.email, 'the e-mail address');
      const before = request.oidc.accessToken.access_token;
      same((await request.oidc.accessToken.refresh()).access_token === before, false, 'a renewed token that is the old one');
    }),
  );
}
