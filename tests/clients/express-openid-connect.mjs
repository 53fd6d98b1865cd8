// A web application by the library's defaults: it asks for an id_token alone, posted by a form.
import express from 'express'
import oidc from 'express-openid-connect'
import { browse, same } from './stage.mjs'

async function serve(settings, config) {
  const app = express()
  const server = app.listen(new URL(settings.siteUrl).port, 'localhost')
  await new Promise((done) => server.once('listening', done))
  app.use(oidc.auth({
    issuerBaseURL: settings.issuer,
    baseURL: settings.siteUrl,
    clientID: settings.clientId,
    secret: 'a text of the application alone, long enough',
    idpLogout: true,
    ...config,
  }))
  app.get('/', (request, response) => response.send(`<h1>at the client</h1><p>${request.oidc.user.name}</p>`))
  return server
}

export async function code(settings) {
  const server = await serve(settings, {
    clientSecret: settings.clientSecret,
    authorizationParams: { response_type: 'code', scope: 'openid profile email offline_access' },
    afterCallback: async (request, response, session) => {
      const person = await fetch(settings.issuer + '/api/userinfo', { headers: { authorization: 'Bearer ' + session.access_token } })
      same((await person.json()).email, settings.email, 'the e-mail address')
      return session
    },
  })
  same((await browse(settings.siteUrl + '/')).href, settings.siteUrl + '/', 'the address after the sign-in')
  server.close()
}
